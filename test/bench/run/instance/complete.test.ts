/** With a fake platform: how the end of a workload that ends by itself becomes marks, or a failure of its class. */
import { expect, it } from 'vitest';
import type { ProgramLife, Prober } from '../../../../bench/prober/prober.ts';
import { startAndComplete, statusOf } from '../../../../bench/run/instance/complete.ts';
import { InstanceFailure } from '../../../../bench/run/instance/failure.ts';
import { loadScenario } from '../../../../scenarios/loader/load.ts';
import type { ResolvedPlatform } from '../../../../scenarios/resolved.ts';
import { FakeInstance, type FakeOptions } from '../../../support/fake-runner.ts';

const [platform] = loadScenario('tiny', { cwd: '/' }).platforms as [ResolvedPlatform];

interface Given {
  at?: FakeOptions['at'];
  status?: number;
  port?: number;
  timeoutMs?: number;
  life?: ProgramLife;
  hasGuest?: boolean;
}

interface Completed {
  instance: FakeInstance;
  failure: InstanceFailure | null;
  /** What became of the peer, in order. */
  peer: string[];
}

async function complete(given: Given): Promise<Completed> {
  const { status = 0, port, timeoutMs = 5000, life = { execAt: 10, endedAt: 20 }, hasGuest = false } = given;
  const instance = new FakeInstance('a', { ...(given.at && { at: given.at }) });
  if (port !== undefined) instance.address.port = port;
  const peer: string[] = [];
  const prober = {
    echo: ({ port }: { port: number }) => {
      peer.push(`of ${port}`);
      return Promise.resolve({ finish: () => Promise.resolve(void peer.push('finished')) });
    },
    follow: () => Promise.resolve({ finish: () => Promise.resolve(life) }),
  } as Partial<Prober> as Prober;
  const { signal } = new AbortController();
  const ready = { by: 'exit', status, timeoutMs } as const;
  const failure = await startAndComplete(instance, {
    ready,
    platform,
    prober,
    hasGuest,
    sharesKernel: !hasGuest,
    signal,
  }).then(
    () => null,
    (error: unknown) => error,
  );
  if (failure !== null && !(failure instanceof InstanceFailure)) throw failure as Error;
  return { instance, failure, peer };
}

const endWith = (code: number | null, signal: string | null = null): Given['at'] => {
  return (moment, instance) => {
    if (moment === 'start') instance.exit({ code, signal });
  };
};

it('a good end sets the marks of the workload and of its box', async () => {
  const { instance, failure } = await complete({ at: endWith(0) });
  expect(failure).toBeNull();
  expect(instance.marks.all()).toMatchObject({ exec: 10, ended: 20 });
  expect(instance.marks.get('gone')).toBeGreaterThanOrEqual(instance.marks.get('spawned') ?? Infinity);
});

it('what nobody saw is no mark, and no failure', async () => {
  const { instance, failure } = await complete({
    at: endWith(7),
    status: 7,
    life: { execAt: null, endedAt: null },
  });
  expect(failure).toBeNull();
  expect(Object.keys(instance.marks.all()).sort()).toEqual(['gone', 'spawned']);
});

it('one that listens has a peer, and one that does not has none', async () => {
  expect((await complete({ at: endWith(0) })).peer).toEqual(['of 1', 'finished']);
  expect((await complete({ timeoutMs: 20 })).peer).toEqual(['of 1', 'finished']);
  expect((await complete({ at: endWith(0), port: 0 })).peer).toEqual([]);
});

it('another status than the expected one is a failure of that class, with its cause', async () => {
  const { failure } = await complete({
    at: (moment, instance) => {
      if (moment === 'start')
        instance.die({ code: 'exited', message: 'the workload ended with exit code 3' });
    },
    status: 1,
  });
  expect(failure).toMatchObject({
    code: 'wrong-status',
    message: 'expected exit status 1: the workload ended with exit code 3',
  });
});

it('a box that failed for reasons of its own is a failure of its own class, whatever its status', async () => {
  const { failure } = await complete({
    at: (moment, instance) => {
      if (moment === 'start') instance.die({ code: 'out-of-memory', message: 'the kernel killed it' });
    },
  });
  expect(failure?.code).toBe('out-of-memory');
});

it('a machine that ends without a word about its workload has not completed it', async () => {
  const { failure } = await complete({ at: endWith(0), hasGuest: true });
  expect(failure?.code).toBe('exited');
});

it('one that does not end in time is a failure of that class', async () => {
  const { failure } = await complete({ timeoutMs: 20 });
  expect(failure).toMatchObject({ code: 'not-ended' });
});

it('an end by a signal has the status that a shell gives it', () => {
  expect(statusOf({ code: null, signal: 'SIGKILL' })).toBe(137);
  expect(statusOf({ code: 4, signal: null })).toBe(4);
});
