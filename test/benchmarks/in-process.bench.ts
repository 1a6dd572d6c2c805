/** How long our own code takes in one process: analysis, statistics and rendering, timed by tinybench. */
import { Bench } from 'tinybench';
import { compareRuns } from '../../bench/analysis/compare-runs/compare-runs.ts';
import { hodgesLehmannShift } from '../../bench/statistics/hodges-lehmann.ts';
import { mannWhitney } from '../../bench/statistics/mann-whitney.ts';
import { summarize } from '../../bench/statistics/summary.ts';
import { reporters } from '../../reports/index.ts';
import { makeRecord } from '../fixtures/records/make-record.ts';
import type { BenchRow } from './row.ts';

export async function benchInProcess(): Promise<BenchRow[]> {
  const record = makeRecord({ samples: 100 });
  const other = makeRecord({ samples: 101 });
  const again = { ...other, run: { ...other.run, id: 'again' } };
  const [before, after] = [record, again].map(({ results }) =>
    (results[0]?.samples ?? []).map(({ value }) => value),
  ) as [number[], number[]];
  const bench = new Bench({ time: 300, warmupTime: 100, throws: true });
  bench.add('summary of 100 samples', () => void summarize(before));
  bench.add('Mann-Whitney, 100 samples a side', () => void mannWhitney(before, after));
  bench.add('Hodges-Lehmann, 100 samples a side', () => void hodgesLehmannShift(before, after));
  bench.add('comparison of two records', () => {
    compareRuns(record, [again], { platforms: [], measures: [], force: true });
  });
  for (const [name, reporter] of Object.entries(reporters)) {
    bench.add(`report: ${name}`, () => void reporter.render(record, { columns: 100, colour: false }));
  }
  await bench.run();
  return bench.tasks.map(({ name, result }) => ({
    name,
    value: result.state === 'completed' ? result.latency.p50 : NaN,
    unit: 'ms',
    atMost: null,
  }));
}
