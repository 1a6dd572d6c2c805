/** What Tare itself costs: around each instance, before the first one, and in memory. The program is run as built. */
import { ascending, quantile } from '../../bench/statistics/quantile.ts';
import { assetFile } from '../../runners/machine/asset.ts';
import { monotonicMs } from '../../runners/machine/clock.ts';
import { run } from '../../runners/machine/command.ts';
import { makeSandbox } from '../support/tare.ts';
import { runBlocks } from './blocks.ts';
import { openBenchStage } from './stage.ts';
import type { BenchRow } from './row.ts';

const cli = assetFile('dist/bench/cli.js');

/** Set-up and clean-up between two instances of one block: from when one is ready, which ends it, to the start of the next. */
export async function benchBetweenSamples(): Promise<BenchRow[]> {
  const box = await makeSandbox();
  try {
    const rows: BenchRow[] = [];
    for (const [name, platform, samples, atMost] of [
      ['runc', { runner: 'oci', runtime: 'runc' }, 30, 150],
      ['vm', { runner: 'qemu' }, 8, 250],
    ] as const) {
      const { pairs, record } = await runBlocks(box, name, platform, samples);
      const gaps = pairs.map(({ marks, next }) => (next['spawned'] ?? NaN) - (marks['ready'] ?? NaN));
      rows.push({
        name: `between two samples of ${name}, median of ${gaps.length}`,
        value: quantile(ascending(gaps), 0.5),
        unit: 'ms',
        atMost,
      });
      rows.push({
        name: `harness resident at most, ${name}`,
        value: record.run.harness.peakRssBytes / 2 ** 20,
        unit: 'MiB',
        atMost: 150,
      });
    }
    return rows;
  } finally {
    await box.remove();
  }
}

/** From the scenario to prepared platforms with everything in the cache. */
export async function benchWarmPrepare(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const scenario of ['tiny', 'tomcat']) {
    const stage = await openBenchStage(scenario, ['process', 'runc', 'vm']);
    try {
      for (const platform of stage.scenario.platforms) await stage.prepare(platform);
      const beganAt = monotonicMs();
      for (const platform of stage.scenario.platforms) await stage.prepare(platform);
      rows.push({
        name: `prepare ${scenario} on all three, cached`,
        value: monotonicMs() - beganAt,
        unit: 'ms',
        atMost: 1000,
      });
    } finally {
      await stage.close();
    }
  }
  return rows;
}

export async function benchHelp(): Promise<BenchRow[]> {
  const times = { help: [] as number[], node: [] as number[] };
  for (let pair = 0; pair < 20; pair += 1) {
    for (const [name, args] of [
      ['help', [cli, '--help']],
      ['node', ['-e', '0']],
    ] as const) {
      const beganAt = monotonicMs();
      await run(process.execPath, args);
      times[name].push(monotonicMs() - beganAt);
    }
  }
  const median = (values: number[]): number => quantile(ascending(values), 0.5);
  return [
    {
      name: 'tare --help over node -e 0, medians of 20',
      value: median(times.help) / median(times.node),
      unit: 'ratio',
      atMost: 2,
    },
  ];
}
