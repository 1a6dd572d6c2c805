/** The daemons of an engine that Tare starts for one platform of one run. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cgroup } from '../machine/cgroup/cgroup.ts';
import { start } from '../machine/command.ts';
import { undoneOnFailure } from '../machine/lease/clean-up.ts';
import { requireProgram, systemPath } from '../machine/programs.ts';
import { removeTree } from '../machine/remove-tree.ts';
import type { RunContext } from '../runner.ts';
import { createLauncher, type Launcher } from '../shared/launch.ts';
import { createEngineNamespace } from './namespace.ts';
import { captureLog } from '../shared/log-capture.ts';

export interface Places {
  /** On a short path: sockets. */
  sockets: string;
  /** On a real disk: images and layers. */
  data: string;
  mountNamespace: string;
}

interface Daemon {
  exited: Promise<unknown>;
  hasExited(): boolean;
  lastLines(): string;
}

const startTimeoutMs = 60_000;
const pollMs = 50;

export interface RunningEngine {
  places: Places;
  /** Of its daemons; shims that no instance has fetched are there, too. */
  cgroup: Cgroup;
  dispose: () => Promise<void>;
}

interface EngineParts {
  /** For messages. */
  name: string;
  hiddenHierarchy: string | null;
  /** Command lines of its daemons, in the order of their start. */
  lines: (places: Places) => Promise<string[][]>;
  isAlive: (places: Places) => Promise<boolean>;
}

/**
 * Starts an engine apart from the machine's own in everything: data, sockets, configuration. It lives in the run's network
 * namespace, so that what it makes there ends with it; the run's cgroup, network and folders are leased already, and with
 * them all that it makes.
 */
export async function startEngine(
  platform: string,
  context: RunContext,
  { name, hiddenHierarchy, lines, isAlive }: EngineParts,
): Promise<RunningEngine> {
  const sockets = join(context.folders.runtime, platform);
  const data = join(context.folders.scratch, `${platform}-engine`);
  return undoneOnFailure(context.log, async (cleanUp) => {
    for (const folder of [sockets, data]) await cleanUp.add(makeFolder(folder), removeFolder);
    const namespace = await cleanUp.add(
      createEngineNamespace({ kept: sockets, scratch: data, varFolder: null, hiddenHierarchy }),
      (made) => made.dispose(),
    );
    const cgroup = await cleanUp.add(context.cgroup.child(`${platform}-engine`), (made) => made.remove());
    const places = { sockets, data, mountNamespace: namespace.path };
    const launcher = await createLauncher(cgroup.joinFiles());
    const daemons: Daemon[] = [];
    await cleanUp.add(Promise.resolve(daemons), async () => {
      await cgroup.kill();
      await Promise.all(daemons.map((daemon) => daemon.exited));
    });
    for (const line of await lines(places)) daemons.push(await startDaemon(line, places, launcher, context));
    await untilItAnswers(name, () => isAlive(places), daemons);
    return { places, cgroup, dispose: () => cleanUp.run() };
  });
}

/** In the engine's mount namespace and in the run's network. */
async function startDaemon(
  line: readonly string[],
  { data, mountNamespace }: Places,
  launcher: Launcher,
  { network }: RunContext,
): Promise<Daemon> {
  const name = (line[0] ?? '').split('/').at(-1) ?? '';
  const namespaces = [`--net=${network.nsPath}`, `--mount=${mountNamespace}`, '--'];
  const enter = [await requireProgram('nsenter'), ...namespaces];
  const daemon = start(launcher.program, [...launcher.args, ...enter, ...line], {
    env: { PATH: systemPath },
    cleanEnv: true,
  });
  const log = captureLog([daemon.stdout, daemon.stderr], join(data, `${name}.log`), () => undefined);
  const state = { hasExited: false };
  void daemon.gone.then(() => {
    state.hasExited = true;
  });
  return {
    exited: daemon.gone.then(() => log.closed),
    hasExited: () => state.hasExited,
    lastLines: () => `${name}: ${log.tail(5).join('\n  ')}`,
  };
}

/** @param isAlive whether the engine answers */
async function untilItAnswers(
  name: string,
  isAlive: () => Promise<boolean>,
  daemons: readonly Daemon[],
): Promise<void> {
  for (let waitedMs = 0; waitedMs < startTimeoutMs; waitedMs += pollMs) {
    if (await isAlive()) return;
    if (daemons.some((daemon) => daemon.hasExited())) break;
    await sleep(pollMs);
  }
  const said = daemons.map((daemon) => daemon.lastLines()).join('\n  ');
  throw new Error(`${name} of this run did not start:\n  ${said}`);
}

async function makeFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true });
  return path;
}

function removeFolder(path: string): Promise<void> {
  return removeTree(path);
}
