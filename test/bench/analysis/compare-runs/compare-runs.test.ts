import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../../../bench/analysis/compare-runs/compare-runs.ts';
import {
  comparisonSchema,
  type ComparedFigure,
  type RunComparison,
} from '../../../../bench/record/comparison.ts';
import type { RunRecord } from '../../../../bench/record/schema.ts';
import { makeRecord } from '../../../fixtures/records/make-record.ts';
import { otherRun, withValues } from '../../../fixtures/records/other-run.ts';

const everything = { platforms: [], measures: [], force: false };
const record = makeRecord();
const slower = otherRun(record, {
  factor: ({ platform, metric }) =>
    platform === 'runc' && ['startup.ready', 'startup.phase.launch'].includes(metric) ? 1.12 : 1,
});

function figureOf(comparison: RunComparison, platform: string, metric: string): ComparedFigure {
  const found = comparison.pairs[0]?.figures.find(
    (each) => each.platform === platform && each.metric === metric,
  );
  if (!found) throw new Error(`no ${metric} of ${platform}`);
  return found;
}

/** The record with other values for one figure of process, without a warm-up. */
function having(base: RunRecord, metric: string, values: readonly number[]): RunRecord {
  return {
    ...base,
    results: base.results.map((result) =>
      result.platform === 'process' && result.metric === metric
        ? withValues({ ...result, samples: [] }, values)
        : result,
    ),
  };
}

describe('comparing runs', () => {
  it('finds the slowdown with its interval, and it alone', () => {
    const comparison = compareRuns(record, [slower], everything);
    expect(comparisonSchema.safeParse(comparison).error).toBeUndefined();
    const ready = figureOf(comparison, 'runc', 'startup.ready');
    expect(ready).toMatchObject({ verdict: 'worse', part: false, effect: { cliffDelta: 1, size: 'large' } });
    expect(ready.ratio?.value).toBeCloseTo(1.12, 1);
    expect(ready.ratio?.ciLow).toBeLessThan(1.12);
    expect(ready.ratio?.ciHigh).toBeGreaterThan(1.12);
    expect(ready.shift.value).toBeGreaterThan(200);
    expect(ready.test?.pAdjusted).toBeGreaterThan(ready.test?.p ?? 1);
    expect(figureOf(comparison, 'runc', 'startup.phase.launch')).toMatchObject({
      verdict: 'worse',
      part: true,
    });
    const others = comparison.pairs[0]?.figures.filter(
      ({ verdict }) => verdict === 'worse' || verdict === 'better',
    );
    expect(others).toHaveLength(2);
  });

  it('calls the way back better, and a higher rate too', () => {
    expect(figureOf(compareRuns(slower, [record], everything), 'runc', 'startup.ready').verdict).toBe(
      'better',
    );
    const rate = (run: RunRecord): RunRecord => ({
      ...run,
      results: run.results.map((result) => ({ ...result, better: 'higher' })),
    });
    expect(
      figureOf(compareRuns(rate(record), [rate(slower)], everything), 'runc', 'startup.ready').verdict,
    ).toBe('better');
  });

  it('compares exact figures without statistics', () => {
    const larger = otherRun(record, { factor: ({ metric }) => (metric === 'image.unpacked' ? 1.001 : 1) });
    const comparison = compareRuns(record, [larger], everything);
    expect(figureOf(comparison, 'runc', 'image.unpacked')).toMatchObject({
      exact: true,
      verdict: 'worse',
      test: null,
    });
    expect(figureOf(comparison, 'runc', 'image.allocated')).toMatchObject({ exact: true, verdict: 'same' });
  });

  it('says what it would have seen where it sees nothing', () => {
    const ready = figureOf(compareRuns(record, [slower], everything), 'process', 'startup.ready');
    expect(ready.verdict).toBe('none-seen');
    expect(ready.detectable?.ratio).toBeGreaterThan(0.005);
    expect(ready.detectable?.ratio).toBeLessThan(0.12);
  });

  it.each([
    [3, 'a test needs four'],
    [6, 'complete separation is no proof among so many figures'],
  ])('says that %d samples are too few: %s', (samples) => {
    const short = makeRecord({ samples });
    const comparison = compareRuns(short, [otherRun(short, { factor: () => 1.5 })], everything);
    const ready = figureOf(comparison, 'runc', 'startup.ready');
    expect(ready.verdict).toBe('too-few');
    expect(ready.test === null).toBe(samples < 4);
    expect(ready.ratio?.ciLow === null).toBe(samples < 6);
  });

  it('asks less of the same samples when fewer figures are compared', () => {
    const short = makeRecord({ samples: 6 });
    const options = { ...everything, platforms: ['runc'], measures: ['startup'] };
    const comparison = compareRuns(short, [otherRun(short, { factor: () => 1.5 })], options);
    expect(comparison.families.figures).toBe(2);
    expect(figureOf(comparison, 'runc', 'startup.ready').verdict).toBe('worse');
  });

  it('calls a difference that stands out only alone a hint', () => {
    const values = (shift: number): number[] =>
      [100, 101, 102, 103, 104, 105, 106, 107, 108, 109].map((v) => v + shift);
    const comparison = compareRuns(
      having(record, 'startup.ready', values(0)),
      [having(otherRun(record), 'startup.ready', values(4.5))],
      everything,
    );
    const ready = figureOf(comparison, 'process', 'startup.ready');
    expect(ready.test?.p).toBeLessThan(0.05);
    expect(ready.verdict).toBe('hint');
  });

  it('copes with equal samples, zeros and negative values', () => {
    const same = Array.from({ length: 8 }, () => 5);
    const compare = (before: number[], after: number[]): ComparedFigure =>
      figureOf(
        compareRuns(having(record, 'memory.pss', before), [having(otherRun(record), 'memory.pss', after)], {
          ...everything,
          platforms: ['process'],
        }),
        'process',
        'memory.pss',
      );
    expect(compare(same, same)).toMatchObject({ verdict: 'same', ratio: { value: 1, ciLow: 1, ciHigh: 1 } });
    expect(
      compare(
        same,
        same.map(() => 6),
      ),
    ).toMatchObject({ verdict: 'worse', shift: { value: 1, ciLow: 1, ciHigh: 1 } });
    expect(compare([5], [5])).toMatchObject({ verdict: 'same', ratio: { value: 1 } });
    const zeros = compare([0, 0, 0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0, 0, 0]);
    expect(zeros).toMatchObject({ verdict: 'none-seen', ratio: null, detectable: { ratio: null } });
    const negative = compare([-9, -8, -7, -6, -5, -4, -3, -2, -1, 0], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(negative).toMatchObject({ verdict: 'worse', ratio: null, shift: { value: 10 } });
  });

  it('does not promise to show less than one step of a clock', () => {
    const ticks = (later: number): number[] => [
      ...Array<number>(23).fill(20),
      ...Array<number>(later).fill(30),
    ];
    const ready = figureOf(
      compareRuns(
        having(record, 'startup.ready', ticks(1)),
        [having(otherRun(record), 'startup.ready', ticks(1))],
        everything,
      ),
      'process',
      'startup.ready',
    );
    expect(ready).toMatchObject({ verdict: 'none-seen', detectable: { shift: 10, ratio: 0.5 } });
  });

  it('takes an offset that the instruments may have made for no difference, however sure the test is', () => {
    const phase = 'startup.phase.launch';
    const values = (offset: number): number[] =>
      Array.from({ length: 12 }, (_, index) => 0.4 + 0.001 * index + offset);
    const compare = (offset: number): ComparedFigure =>
      figureOf(
        compareRuns(
          having(record, phase, values(0)),
          [having(otherRun(record), phase, values(offset))],
          everything,
        ),
        'process',
        phase,
      );
    expect(compare(0.045)).toMatchObject({
      verdict: 'none-seen',
      resolution: 0.05,
      detectable: { shift: 0.05 },
    });
    expect(compare(0.045).test?.pAdjusted).toBeLessThan(0.001);
    expect(compare(-0.045).verdict).toBe('none-seen');
    expect(compare(0.06).verdict).toBe('worse');
  });

  it('leaves excluded samples out', () => {
    const ready = figureOf(compareRuns(record, [slower], everything), 'process', 'startup.ready');
    // The warm-up is 30 % slower and would be the eleventh.
    expect(ready).toMatchObject({ reference: { n: 10 }, run: { n: 10 } });
  });

  it('says what only one of the runs has', () => {
    const run: RunRecord = {
      ...slower,
      platforms: slower.platforms.map((platform) =>
        platform.id === 'vm'
          ? { ...platform, skipped: { reason: 'no QEMU', remedy: 'install it' } }
          : platform,
      ),
      results: slower.results.filter(({ platform, metric }) => platform !== 'vm' && metric !== 'stop.kill'),
      failures: [
        {
          platform: 'runc',
          measure: 'stop',
          instance: null,
          block: 1,
          code: 'hung',
          message: '',
          lines: [],
          log: null,
        },
      ],
    };
    const [pair] = compareRuns(record, [run], everything).pairs;
    expect(pair?.missing).toEqual([
      { platform: 'vm', metric: null, condition: {}, missingIn: 'run', reason: 'skipped there: no QEMU' },
      {
        platform: 'process',
        metric: 'stop.kill',
        condition: {},
        missingIn: 'run',
        reason: 'no samples there',
      },
      {
        platform: 'runc',
        metric: 'stop.kill',
        condition: {},
        missingIn: 'run',
        reason: 'it failed there: hung',
      },
    ]);
    const [back] = compareRuns(run, [record], everything).pairs;
    expect(back?.missing.map(({ missingIn }) => missingIn)).toEqual(['reference', 'reference', 'reference']);
  });

  it('makes one family of all runs compared', () => {
    const third = otherRun(record, { seed: 99 });
    const one = compareRuns(record, [slower], everything);
    const two = compareRuns(record, [slower, { ...third, run: { ...third.run, id: 'third' } }], everything);
    expect(two.families).toEqual({ figures: 2 * one.families.figures, parts: 2 * one.families.parts });
    expect(two.pairs[0]?.run.id).not.toBe(two.pairs[1]?.run.id);
    const p = (comparison: RunComparison): number =>
      figureOf(comparison, 'runc', 'startup.ready').test?.pAdjusted ?? NaN;
    expect(p(two)).toBeGreaterThan(p(one));
  });
});

describe('equal runs', () => {
  it('are seldom called different, over all figures together', () => {
    const small = makeRecord({ samples: 10 });
    const options = { ...everything, measures: ['startup', 'stop', 'memory'] };
    const rounds = 40;
    let alarms = 0;
    for (let round = 1; round <= rounds; round += 1) {
      // Both sides drawn alike: the reference around the same centres as the run.
      const reference = otherRun(flat(small), { seed: round });
      const run = otherRun(flat(small), { seed: 1000 + round });
      const { pairs } = compareRuns(reference, [{ ...run, run: { ...run.run, id: 'run' } }], options);
      if (pairs[0]?.figures.some(({ verdict }) => verdict === 'worse' || verdict === 'better')) alarms += 1;
    }
    // Two families at 5 % each; 40 rounds bring 10 with a probability below one in a thousand.
    expect(alarms).toBeLessThan(10);
  });

  /** Every sample at the median of its figure. */
  function flat(base: RunRecord): RunRecord {
    return {
      ...base,
      results: base.results.map((result) => ({
        ...result,
        samples: result.samples.map((sample) => ({
          ...sample,
          value: result.summary.median ?? sample.value,
        })),
      })),
    };
  }
});
