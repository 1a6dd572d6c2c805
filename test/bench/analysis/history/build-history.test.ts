import { describe, expect, it } from 'vitest';
import { buildHistory } from '../../../../bench/analysis/history/build-history.ts';
import type { StoredRun } from '../../../../bench/record/history.ts';
import { historySchema, type RunHistory } from '../../../../bench/record/history.ts';
import { seededRandom } from '../../../../bench/statistics/random.ts';
import { summarize } from '../../../../bench/statistics/summary.ts';
import { startupNoise, times } from '../../../support/check/noise.ts';

const name = {
  platform: 'runc',
  accel: 'none',
  metric: 'startup.ready',
  condition: {},
  unit: 'ms',
  better: 'lower',
} as const;

/** A run on the given day whose only figure has this one sample. */
function stored(day: number, value: number, more: Partial<StoredRun> = {}): StoredRun {
  return {
    id: `run-${day}`,
    startedAt: new Date(Date.UTC(2026, 0, 1 + day)).toISOString(),
    commit: `commit-${day}`,
    scenario: 'tomcat',
    hostClass: 'xeon',
    host: 'Xeon',
    figures: [{ ...name, summary: summarize([value]) }],
    ...more,
  };
}

const historyOf = (runs: readonly StoredRun[], wanted = (): boolean => true): RunHistory =>
  historySchema.parse(buildHistory(runs, [], wanted));

describe('the history of runs', () => {
  it('is in the order of time, whatever the order in which they were found', () => {
    const { runs, series } = historyOf([stored(2, 30), stored(0, 10), stored(1, 20)]);
    expect(runs.map(({ commit }) => commit)).toEqual(['commit-0', 'commit-1', 'commit-2']);
    expect(series[0]?.points.map(({ run, median }) => [run, median])).toEqual([
      [0, 10],
      [1, 20],
      [2, 30],
    ]);
  });

  it('never joins scenarios, machines, accelerators or conditions', () => {
    const figure = { ...name, summary: summarize([1]) };
    const { groups, series } = historyOf([
      stored(0, 1),
      stored(1, 1, { scenario: 'tiny' }),
      stored(2, 1, { hostClass: 'epyc' }),
      stored(3, 1, { figures: [{ ...figure, accel: 'tcg' }] }),
      stored(4, 1, { figures: [{ ...figure, accel: 'kvm' }] }),
      stored(5, 1, { figures: [{ ...figure, condition: { 'page-cache': 'cold' } }] }),
    ]);
    expect(groups.map(({ scenario, hostClass }) => `${scenario} ${hostClass}`)).toEqual([
      'tomcat xeon',
      'tomcat epyc',
      'tiny xeon',
    ]);
    expect(series.map(({ points }) => points.length)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('counts a run once that lies in two folders, and leaves out what has no samples', () => {
    const empty = stored(1, 0, { figures: [{ ...name, summary: summarize([]) }] });
    const { runs, series } = historyOf([stored(0, 1), stored(0, 1), empty]);
    expect(runs.length).toBe(2);
    expect(series[0]?.points.length).toBe(1);
  });

  it('has the figures that are wanted', () => {
    expect(historyOf([stored(0, 1)], () => false).series).toEqual([]);
  });

  it('finds where a figure has changed, with the levels before and after', () => {
    const random = seededRandom(5);
    const values = times(30, (day) => startupNoise(random, day < 18 ? 100 : 112, 0.01));
    const [series] = historyOf(values.map((value, day) => stored(day, value))).series;
    expect(series?.changes).toHaveLength(1);
    const [change] = series?.changes ?? [];
    expect(change?.point).toBe(18);
    expect(change?.ratio).toBeCloseTo(1.12, 1);
    expect(change?.before).toBeLessThan(105);
    expect(change?.after).toBeGreaterThan(107);
  });

  it('finds a change in steady series as seldom as it says', () => {
    const random = seededRandom(6);
    const rounds = 300;
    const alarms = times(rounds, () => {
      const values = times(20, () => startupNoise(random, 100, 0.03));
      return historyOf(values.map((value, day) => stored(day, value))).series[0]?.changes.length !== 0;
    }).filter(Boolean).length;
    expect(alarms).toBeLessThan(0.01 * rounds + 4 * Math.sqrt(0.01 * 0.99 * rounds));
  });

  it('gives no ratio where a level is zero', () => {
    const [series] = historyOf(times(20, (day) => stored(day, day < 10 ? 0 : 5))).series;
    expect(series?.changes).toEqual([
      { point: 10, p: expect.any(Number) as number, before: 0, after: 5, ratio: null },
    ]);
  });
});
