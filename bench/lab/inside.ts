/**
 * The program inside the lab: runs the scenario it was handed exactly as `tare run` would, and tells the harness
 * outside everything as it happens. It is the one job of a machine that lives for this one run.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { monotonicMs } from '../../runners/machine/clock.ts';
import { labPaths } from '../../runners/lab/system.ts';
import type { CommandContext } from '../environment/context.ts';
import { TareError } from '../environment/errors.ts';
import { runSuite } from '../run/suite.ts';
import { beat } from './beat.ts';
import type { LabMessage, LabSession } from './messages.ts';
import { steadiness } from './steady.ts';

const folders = { cache: '/var/cache/tare', state: '/var/lib/tare', runtime: '/run/tare' };
/** Of a longer log the end is sent. */
const keptLogBytes = 256 * 1024;
/** Whose entries are folders that get more entries later. */
const growing = ['oci'];

const session = JSON.parse(await readFile(labPaths.session, 'utf8')) as LabSession;
const line = createWriteStream(labPaths.line, { flags: 'r+' });
const send = (message: LabMessage): void => {
  line.write(`${JSON.stringify(message)}\n`);
};
send({ type: 'hello', uptimeMs: monotonicMs() });
const quiet = beat(session.clock, () => {
  send({ type: 'alive' });
});
send({ type: 'end', error: await work() });
quiet();
line.end();

async function work(): Promise<{ message: string; exitCode: number | null } | null> {
  try {
    await linkGiven();
    await runSession();
    return null;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { message, exitCode: error instanceof TareError ? error.exitCode : null };
  }
}

async function runSession(): Promise<void> {
  const { runId, scenario, seed, commit, payload, events } = session;
  const folder = join(folders.state, 'runs', runId);
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'events.ndjson'),
    events.map((event) => `${JSON.stringify(event)}\n`).join(''),
  );
  const sendLogs = logSender(folder);
  await runSuite(
    scenario,
    {
      folder,
      seed,
      commit,
      payload,
      ...(session.clock === 'virtual' && { steadiness: await steadiness() }),
      onEvent: async (event) => {
        if (event.type === 'step') await sendLogs();
        send({ type: 'event', event });
      },
    },
    context(),
  );
}

/** @returns what sends every log that was written or has grown since the last call */
function logSender(folder: string): () => Promise<void> {
  const sent = new Map<string, number>();
  return async () => {
    const entries = await readdir(join(folder, 'logs'), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((each) => each.isFile())) {
      const file = join(entry.parentPath, entry.name);
      const { size } = await stat(file);
      if (sent.get(file) === size) continue;
      sent.set(file, size);
      const text = (await readFile(file)).subarray(-keptLogBytes).toString();
      send({ type: 'log', path: relative(folder, file), text });
    }
  };
}

/** The cache is the lab's own and begins with links to what was given, which is read-only. */
async function linkGiven(): Promise<void> {
  for (const kind of await namesIn(labPaths.given)) {
    await linkEntries(join(labPaths.given, kind), join(folders.cache, kind), growing.includes(kind));
  }
}

async function linkEntries(given: string, own: string, deep: boolean): Promise<void> {
  await mkdir(own, { recursive: true });
  for (const name of await namesIn(given)) {
    if (deep) await linkEntries(join(given, name), join(own, name), false);
    else await symlink(join(given, name), join(own, name));
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name !== 'lost+found');
}

function context(): CommandContext {
  const say = (level: 'progress' | 'debug' | 'warn') => (message: string) => {
    send({ type: 'say', level, message });
  };
  const nowhere = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  return {
    stdin: Readable.from([]),
    stdout: nowhere,
    stderr: nowhere,
    env: process.env,
    cwd: folders.state,
    // Whoever wants the run to end ends the machine.
    signal: new AbortController().signal,
    log: { progress: say('progress'), debug: say('debug'), warn: say('warn') },
    folders,
    live: null,
    columns: null,
    show: null,
    colour: false,
  };
}
