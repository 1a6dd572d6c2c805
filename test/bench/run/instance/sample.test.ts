import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InstanceFailure, StepError } from '../../../../bench/run/instance/failure.ts';
import { bracketed, pressure } from '../../../../bench/run/host/host-facts.ts';
import { openJournal, type Journal } from '../../../../bench/run/journal/journal.ts';
import { parseFacts } from '../../../../bench/run/instance/inside.ts';
import { sampleInstance } from '../../../../bench/run/instance/sample.ts';
import { stepRecorder } from '../../../../bench/run/journal/step-recorder.ts';
import type { ResolvedScenario } from '../../../../scenarios/resolved.ts';
import { loadScenario } from '../../../../scenarios/loader/load.ts';
import {
  fakePlatform,
  type FakeInstance,
  type FakeOptions,
  type Moment,
} from '../../../support/fake-runner.ts';

let folder: string;
let journal: Journal;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-sample-'));
  journal = await openJournal(join(folder, 'events.ndjson'));
});
afterEach(async () => {
  await journal.close();
  await rm(folder, { recursive: true });
});

const tiny = loadScenario('tiny', { cwd: '/' });
const scenario: ResolvedScenario = {
  ...tiny,
  workload: { ...tiny.workload, factsPath: '/facts' },
  measures: {
    ...tiny.measures,
    startup: { samples: 1, stopping: null, pageCache: 'warm', idleCpus: 'as-is' },
    stop: { samples: 1 },
    memory: { samples: 1, settleMs: 1, load: { rps: 1, durationMs: 1 } },
    image: {},
  },
};

/** Takes one whole step of a fake platform. */
async function takeStep(
  options: FakeOptions,
  signal = new AbortController().signal,
): Promise<{
  error: StepError | null;
  cause: InstanceFailure | null;
  instance: FakeInstance;
}> {
  const platform = fakePlatform(options);
  const error = await sampleInstance({
    ...{ scenario, prepared: platform.prepared, prober: platform.prober, signal },
    platform: scenario.platforms[0] as ResolvedScenario['platforms'][number],
    step: { platform: 'process', measures: ['startup', 'memory', 'stop'], stop: 'graceful' },
    instanceId: 'process-1',
    logs: join(folder, 'logs'),
    sharesKernel: false,
    steadiness: null,
    recorder: stepRecorder(
      journal,
      { platform: 'process', block: { index: 1, isWarmup: false, steps: [] }, instanceId: 'process-1' },
      new Set(),
    ),
  }).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  const stepError = error instanceof StepError ? error : null;
  if (error !== null && stepError === null && !signal.aborted)
    throw new Error('not a StepError', { cause: error });
  return {
    error: stepError,
    cause: stepError?.cause instanceof InstanceFailure ? stepError.cause : null,
    instance: platform.instances[0] as FakeInstance,
  };
}

const metrics = (): string[] =>
  journal.events.flatMap((event) => (event.type === 'sample' ? [event.metric] : []));
const crashed = { code: 'exited', message: 'the workload ended with exit code 7' } as const;

describe('the life of an instance', () => {
  it('gives the figures of every measure when it lasts until its stop', async () => {
    const { error, instance } = await takeStep({});
    expect(error).toBeNull();
    expect(instance.isDisposed).toBe(true);
    const found = new Set(metrics());
    for (const metric of ['startup.ready', 'memory.pss', 'image.marginal', 'stop.graceful', 'stop.released'])
      expect(found).toContain(metric);
  });

  it.each<[Moment, string]>([
    ['cpu', 'startup'],
    ['memory', 'memory'],
    ['load', 'memory'],
    ['layer', 'image'],
    ['facts', 'inside'],
  ])('leaves no figure when it dies while its %s is asked', async (moment, measure) => {
    for (const toldAfterMs of [0, 30]) {
      const { error, cause, instance } = await takeStep({
        at: (now, it) => {
          if (now === moment && !it.isGone) it.die(crashed, toldAfterMs);
        },
      });
      expect(error?.measure).toBe(measure);
      expect(cause?.code).toBe('exited');
      expect(cause?.message).toMatch(/^\d+\.\d\d s after it was ready: the workload ended with exit code 7/);
      expect(metrics()).toEqual([]);
      expect(journal.events).toEqual([]);
      expect(instance.isDisposed).toBe(true);
    }
  });

  it.each([
    [{ memoryBytes: Infinity }, /memory: no limit \(asked for: \d+ MiB\), CPUs: 0 \(asked for: 1\)$/],
    [{ memoryBytes: 2 ** 63 - 4096 }, /memory: no limit \(asked for: \d+ MiB\)/],
    [{ cpus: 1.02 }, /memory: 0 MiB \(asked for: \d+ MiB\), CPUs: 1\.02 \(asked for: 1\)$/],
    [
      { memoryBytes: 2 ** 40, cpus: Infinity },
      /memory: 1048576 MiB \(asked for: \d+ MiB\), CPUs: no limit \(asked for: 1\)$/,
    ],
  ])(
    'leaves no figure when its box holds it to %j, which is more than was asked for',
    async (inForce, words) => {
      const { error, cause } = await takeStep({ inForce });
      expect(error?.measure).toBe('inside');
      expect(cause).toMatchObject({
        code: 'start-failed',
        message: expect.stringMatching(/^none of its processes is held to the limits/) as string,
      });
      expect(cause?.message).toMatch(words);
      expect(metrics()).toEqual([]);
    },
  );

  it('ends a wait at once when it dies: a load on the dead is not waited for', async () => {
    const { cause } = await takeStep({
      at: (now, it) => {
        if (now !== 'load') return undefined;
        it.die(crashed);
        return new Promise(() => undefined);
      },
    });
    expect(cause?.code).toBe('exited');
  });

  it('is a failure of its death, whatever else went wrong because of that', async () => {
    const { cause } = await takeStep({
      at: (now, it) => {
        if (now !== 'load') return;
        it.die({ code: 'out-of-memory', message: 'the kernel killed it' }, 20);
        throw new Error('ECONNREFUSED');
      },
    });
    expect(cause).toMatchObject({ code: 'out-of-memory', cause: new Error('ECONNREFUSED') });
    expect(metrics()).toEqual([]);
  });

  it('leaves no figure when it dies between its last figure and the request to stop', async () => {
    let asked = 0;
    const { error, cause } = await takeStep({
      at: (now, it) => {
        if (now !== 'alive') return;
        asked += 1;
        // After startup, memory, layer and facts comes the last look.
        if (asked === 5) it.die(crashed);
      },
    });
    expect(error?.measure).toBe('stop');
    expect(cause?.code).toBe('exited');
    expect(metrics()).toEqual([]);
  });

  it('ends by its stop when it ends after that was requested, however it ends', async () => {
    const { error } = await takeStep({
      at: (now, it) => {
        if (now === 'stop') it.die(crashed);
      },
    });
    expect(error).toBeNull();
    const stop = journal.events.find((event) => event.type === 'sample' && event.metric === 'stop.graceful');
    expect(stop?.type === 'sample' && stop.sample.value).toBeGreaterThanOrEqual(0);
  });

  it('keeps the figures of one that lives when something else fails', async () => {
    const { error } = await takeStep({
      at: (now) => {
        if (now === 'load') throw new Error('400');
      },
    });
    expect(error).toMatchObject({ measure: 'memory', message: '400' });
    expect(new Set(metrics())).toContain('startup.ready');
    expect(metrics()).not.toContain('stop.graceful');
  });

  it('is not asked to stop where that is known to be in vain, and keeps its other figures', async () => {
    const moments: Moment[] = [];
    const { error, cause } = await takeStep({
      at: (now) => void moments.push(now),
      unstoppable: () => 'no handler for SIGTERM',
    });
    expect(error?.measure).toBe('stop');
    expect(cause).toMatchObject({ code: 'stop-failed', message: 'no handler for SIGTERM' });
    expect(moments).not.toContain('stop');
    expect(metrics()).toContain('startup.ready');
  });

  it('is asked to stop once it can be, where it answers before it handles signals', async () => {
    const looks = ['no handler for SIGTERM', 'no handler for SIGTERM', null];
    const { error } = await takeStep({ unstoppable: () => looks.shift() ?? null });
    expect(error).toBeNull();
    expect(looks).toEqual([]);
    expect(metrics()).toContain('stop.graceful');
  });

  it('refuses a figure that a living instance cannot have, and keeps the others', async () => {
    const { error, cause } = await takeStep({ memory: { usageBytes: 0 } });
    expect(error?.measure).toBe('memory');
    expect(cause?.code).toBe('impossible-value');
    expect(cause?.message).toContain('memory.cgroup is 0');
    expect(metrics()).not.toContain('memory.cgroup');
    expect(metrics()).toContain('startup.ready');
  });

  it('leaves nothing unfinished in the journal when the run is aborted', async () => {
    const abort = new AbortController();
    const { instance } = await takeStep(
      {
        at: (now) => {
          if (now === 'load') abort.abort(new Error('Ctrl-C'));
        },
      },
      abort.signal,
    );
    expect(journal.events).toEqual([]);
    expect(instance.isDisposed).toBe(true);
  });
});

describe('facts seen from inside', () => {
  it('are key=value lines, whatever stands around them', () => {
    const body = 'jvmArguments=-Xmx256m -Da=b\r\n\n<html>\nkernel=6.1\nempty=\nno value here\n';
    expect(parseFacts(body)).toEqual({ jvmArguments: '-Xmx256m -Da=b', kernel: '6.1', empty: '' });
  });
});

describe('host facts', () => {
  it('read the chosen word, and the word itself where none is chosen', () => {
    expect(bracketed('always [madvise] never')).toBe('madvise');
    expect(bracketed('unknown')).toBe('unknown');
  });

  it('read pressure, and say null where the kernel has none', () => {
    expect(pressure('some avg10=12.50 avg60=1.00 avg300=0.00 total=5')).toBe(12.5);
    expect(pressure('unknown')).toBeNull();
  });
});
