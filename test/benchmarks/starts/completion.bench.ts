/**
 * A program that does nothing, run to its end through Tare against the same command line typed into a shell, with the same network,
 * layer and cgroup, in pairs A B B A.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startAndComplete } from '../../../bench/run/instance/complete.ts';
import { ascending, quantile } from '../../../bench/statistics/quantile.ts';
import { monotonicMs } from '../../../runners/machine/clock.ts';
import type { Instance } from '../../../runners/runner.ts';
import type { ResolvedPlatform } from '../../../scenarios/resolved.ts';
import { shellIn } from './engine-start.bench.ts';
import type { BenchRow } from '../row.ts';
import { openBenchStage, type BenchStage } from '../stage.ts';

const ready = { by: 'exit', status: 0, timeoutMs: 60_000 } as const;

export async function benchCompletion(platformId: string, pairs: number): Promise<BenchRow[]> {
  const stage = await openBenchStage('tiny', [platformId]);
  try {
    // It listens nowhere, so that it has no peer.
    stage.scenario.workload.port = 0;
    const [written] = stage.scenario.platforms;
    if (!written) throw new Error('the scenario has no platform');
    const launch = { ...written.launch, command: ['/bin/busybox', 'true'] };
    const platform: ResolvedPlatform = { ...written, launch };
    const complete = await completer(stage, platform);
    for (const way of ['tare', 'shell'] as const) await complete(way);
    const times = { tare: [] as number[], shell: [] as number[] };
    for (let pair = 0; pair < pairs; pair += 1) {
      const order = pair % 2 === 0 ? (['tare', 'shell'] as const) : (['shell', 'tare'] as const);
      for (const way of order) times[way].push(await complete(way));
    }
    const median = (values: number[]): number => quantile(ascending(values), 0.5);
    const name = `${platformId} true to its end`;
    return [
      { name: `${name}, by Tare, median of ${pairs}`, value: median(times.tare), unit: 'ms', atMost: null },
      {
        name: `${name}, by a shell, median of ${pairs}`,
        value: median(times.shell),
        unit: 'ms',
        atMost: null,
      },
      {
        name: `${name}, Tare over shell`,
        value: median(times.tare) / median(times.shell),
        unit: 'ratio',
        atMost: 1.05,
      },
    ];
  } finally {
    await stage.close();
  }
}

/** Runs one instance to its end, and answers after how many milliseconds that was. */
async function completer(
  stage: BenchStage,
  platform: ResolvedPlatform,
): Promise<(way: 'tare' | 'shell') => Promise<number>> {
  const prepared = await stage.prepare(platform);
  const { prober } = stage.resources;
  const { signal } = stage.context;
  let count = 0;
  return async (way) => {
    count += 1;
    const id = `bench-${count}`;
    const logs = join(stage.logs, id);
    await mkdir(logs);
    const instance = await prepared.create({ id, logs });
    try {
      if (way === 'shell') return await completeInShell(instance);
      const input = { ready, platform, prober, signal, hasGuest: false, sharesKernel: true };
      await startAndComplete(instance, input);
      return (instance.marks.get('gone') ?? NaN) - (instance.marks.get('spawned') ?? NaN);
    } finally {
      await instance.cgroup.kill();
      await instance.dispose();
    }
  };
}

async function completeInShell(instance: Instance): Promise<number> {
  const shell = await shellIn(instance, 'test/benchmarks/starts/complete-loop.sh');
  try {
    const ended = new Promise((resolve) => shell.command.stdout.once('data', resolve));
    const beganAt = monotonicMs();
    shell.go();
    await ended;
    return monotonicMs() - beganAt;
  } finally {
    shell.command.kill('SIGKILL');
  }
}
