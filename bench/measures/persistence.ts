/** Takes the measure `persistence`: instances write files and end, others with their layers say what came back. */
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Instance, StopMode } from '../../runners/runner.ts';
import type { OptionsOf } from '../../scenarios/measures/measures.ts';
import { questionOf } from '../prober/question.ts';
import { InstanceFailure } from '../run/instance/failure.ts';
import { parseFacts } from '../run/instance/inside.ts';
import { explain, serverReadiness, startAndWait } from '../run/instance/start.ts';
import type { Measure, Taking } from './measure.ts';

/** Unsynced last: a sync of another file may take it along. */
const files = ['synced', 'unsynced'] as const;
const answerTimeoutMs = 60_000;

type Work = Taking<OptionsOf<'persistence'>>;
type Files = Record<string, string>;

export const persistence: Measure<OptionsOf<'persistence'>> = {
  instance: {
    hooks: (taking) => ({
      async running(alive) {
        const { instance } = taking;
        if (instance.copyLayer === undefined) return;
        const fresh = await ask(taking, instance, 'read');
        for (const mode of ['stop', 'kill'] as const) await tryEnd(taking, mode, alive);
        for (const file of files) note(taking, file, 'recreate', fresh[file] !== undefined);
      },
    }),
    estimateMs: () => 10_000,
  },
};

/** One instance writes and ends; the next goes on with its layer. */
async function tryEnd(taking: Work, after: 'stop' | 'kill', signal: AbortSignal): Promise<void> {
  const { instance: host, prepared } = taking;
  const logs = join(dirname(host.logFile), after);
  const layer = join(logs, 'layer');
  await mkdir(layer, { recursive: true });
  try {
    const writer = await prepared.create({ id: `${host.id}-${after}-1`, logs });
    const written = await using(writer, async () => {
      await start(taking, writer, signal);
      const answers: Files = {};
      for (const file of files) Object.assign(answers, await ask(taking, writer, file));
      await end(writer, after === 'kill' ? 'kill' : 'graceful');
      await writer.copyLayer?.(layer);
      return answers;
    });
    const reader = await prepared.create({ id: `${host.id}-${after}-2`, logs, layer });
    const found = await using(reader, async () => {
      await start(taking, reader, signal);
      return await ask(taking, reader, 'read');
    });
    for (const file of files) {
      if (written[file] === undefined) {
        throw new InstanceFailure('measure-failed', `the workload did not write the file \`${file}\``);
      }
      note(taking, file, after, found[file] === written[file]);
    }
  } finally {
    await rm(layer, { recursive: true, force: true });
  }
}

function note({ sample }: Work, file: (typeof files)[number], after: string, isKept: boolean): void {
  const condition = { place: 'root', synced: file === 'synced' ? 'yes' : 'no', after };
  sample({ metric: 'persistence.kept', condition, value: isKept ? 1 : 0 });
}

async function using<T>(instance: Instance, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } finally {
    await instance.dispose();
  }
}

async function start(
  { platform, workload, prober }: Work,
  instance: Instance,
  signal: AbortSignal,
): Promise<void> {
  try {
    await startAndWait(instance, {
      ...{ platform, prober, signal, ready: serverReadiness(workload.ready) },
      // Nobody looks at their marks.
      sharesKernel: false,
    });
  } catch (error) {
    throw await explain(error, instance, signal);
  }
}

async function end(instance: Instance, mode: StopMode): Promise<void> {
  await instance.stop(mode);
  await instance.exited;
}

/** @throws InstanceFailure where the workload cannot say it */
async function ask({ workload, prober }: Work, instance: Instance, what: string): Promise<Files> {
  const { keepPath, ready } = workload;
  if (keepPath === undefined || keepPath === null) {
    throw new InstanceFailure(
      'measure-failed',
      'the workload has no `keep-path`; expected one that writes files and says which are there',
    );
  }
  const target = { ...instance.address, ...questionOf(ready, `${keepPath}?${what}`) };
  const { status, body } = await prober.get(target, answerTimeoutMs);
  if (status === 200) return parseFacts(body);
  throw new InstanceFailure('bad-answer', `${keepPath}?${what} answered ${status}`);
}
