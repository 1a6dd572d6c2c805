/** What Tare itself costs: around each instance, before the first one, and in memory. The program is run as built. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalEvent } from '../../bench/run/journal/journal.ts';
import type { RunRecord } from '../../bench/record/schema.ts';
import { ascending, quantile } from '../../bench/statistics/quantile.ts';
import { assetFile } from '../../runners/machine/asset.ts';
import { monotonicMs } from '../../runners/machine/clock.ts';
import { run } from '../../runners/machine/command.ts';
import { makeSandbox } from '../support/tare.ts';
import { openBenchStage } from './stage.ts';
import type { BenchRow } from './row.ts';

const cli = assetFile('dist/bench/cli.js');

/** Set-up and clean-up between two instances of one platform: from the stop of one to the start of the next. */
export async function benchBetweenSamples(): Promise<BenchRow[]> {
  const box = await makeSandbox();
  try {
    const rows: BenchRow[] = [];
    for (const [platform, samples, atMost] of [
      ['runc', 30, 150],
      ['vm', 6, 250],
    ] as const) {
      const args = [
        'run',
        'tiny',
        '--platform',
        platform,
        '--measure',
        'startup',
        '--samples',
        String(samples),
      ];
      await run(process.execPath, [cli, ...args, '--out', platform], { cwd: box.folder, env: box.env });
      const text = await readFile(join(box.folder, platform, 'events.ndjson'), 'utf8');
      const events = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as JournalEvent);
      const marks = events.flatMap((event) => (event.type === 'marks' ? [event.marks] : []));
      const gaps = marks
        .slice(1)
        .map((next, index) => (next['spawned'] ?? 0) - (marks[index]?.['ready'] ?? 0));
      rows.push({
        name: `between two samples of ${platform}, median of ${gaps.length}`,
        value: quantile(ascending(gaps), 0.5),
        unit: 'ms',
        atMost,
      });
      const record = JSON.parse(await readFile(join(box.folder, platform, 'run.json'), 'utf8')) as RunRecord;
      rows.push({
        name: `harness resident at most, ${platform}`,
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
