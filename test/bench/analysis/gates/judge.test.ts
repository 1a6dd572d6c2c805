import { describe, expect, it } from 'vitest';
import { judgeGates } from '../../../../bench/analysis/gates/judge.ts';
import { summarize } from '../../../../bench/statistics/summary.ts';
import type { RecordedPlatform, RecordedResult } from '../../../../bench/record/schema.ts';
import type { ResolvedGate } from '../../../../scenarios/resolved.ts';

const gate = (more: Partial<ResolvedGate>): ResolvedGate => ({
  id: 'g',
  metric: 'startup.ready',
  lens: null,
  platform: 'runc',
  over: null,
  max: null,
  min: null,
  worseBy: null,
  level: 'error',
  ...more,
});

function result(platform: string, values: number[], more: Partial<RecordedResult> = {}): RecordedResult {
  return {
    platform,
    measure: 'startup',
    metric: 'startup.ready',
    unit: 'ms',
    better: 'lower',
    definition: '',
    condition: {},
    samples: values.map((value, block) => ({ value, block, at: '2026-01-01T00:00:00.000Z' })),
    summary: summarize(values),
    ...more,
  };
}

const about = (centre: number): number[] =>
  [0.98, 0.99, 1, 1, 1.01, 1.02, 1.03].map((factor) => factor * centre);
const verdicts = (
  gates: ResolvedGate[],
  results: RecordedResult[],
  platforms: RecordedPlatform[] = [],
): string[] =>
  judgeGates(gates, { results, platforms, fairness: [], seed: 1, reference: null }).map(
    (entry) => entry.verdict,
  );

describe('gates', () => {
  const results = [result('runc', about(200)), result('process', about(100))];

  it('pass when the whole interval lies inside, fail when it lies beyond', () => {
    expect(
      verdicts(
        [gate({ max: 300 }), gate({ max: 150 }), gate({ min: 250 }), gate({ min: 100, max: 300 })],
        results,
      ),
    ).toEqual(['pass', 'fail', 'fail', 'pass']);
  });

  it('are inconclusive when the interval reaches across the bound', () => {
    expect(verdicts([gate({ max: 200 })], results)).toEqual(['inconclusive']);
  });

  it('judge ratios inside the run', () => {
    expect(
      verdicts([gate({ over: 'process', max: 3 }), gate({ over: 'process', max: 1.5 })], results),
    ).toEqual(['pass', 'fail']);
  });

  it('fail where the ratio would be unfair, with the reason', () => {
    const fairness = [
      {
        level: 'error' as const,
        code: 'memory-limit',
        platforms: ['runc', 'process'],
        message: 'limits differ',
        remedy: '',
      },
    ];
    const gates = [
      gate({ over: 'process', max: 3 }),
      gate({ over: 'process', worseBy: 0.1 }),
      gate({ max: 300 }),
    ];
    const found = judgeGates(gates, { results, platforms: [], fairness, seed: 1, reference: null });
    expect(found.map(({ verdict }) => verdict)).toEqual(['fail', 'skipped', 'pass']);
    expect(found[0]?.detail).toBe('a comparison would be unfair: memory-limit: limits differ');
  });

  it('never pass on fewer than six samples', () => {
    const found = judgeGates([gate({ max: 1000 })], {
      results: [result('runc', [1, 2, 3])],
      platforms: [],
      fairness: [],
      seed: 1,
      reference: null,
    });
    expect(found[0]).toMatchObject({
      verdict: 'inconclusive',
      detail: 'need at least 6 samples for an interval',
    });
  });

  it('fail on a figure that does not exist', () => {
    expect(
      verdicts(
        [gate({ metric: 'startup.raedy', max: 1 }), gate({ over: 'process', max: 9 })],
        [result('runc', about(1))],
      ),
    ).toEqual(['fail', 'fail']);
  });

  it('judge a density as it is: a run has one observation of it', () => {
    const density = { measure: 'density', metric: 'density.instances', unit: 'count' as const };
    const found = [result('runc', [41], density), result('vm', [16], density)];
    const about = { metric: 'density.instances' };
    expect(verdicts([gate({ ...about, min: 41 }), gate({ ...about, min: 42 })], found)).toEqual([
      'pass',
      'fail',
    ]);
    expect(verdicts([gate({ ...about, over: 'vm', min: 2.5 })], found)).toEqual(['pass']);
  });

  it('judge a density against the reference as it is, and do not wait for samples that never come', () => {
    const density = {
      measure: 'density',
      metric: 'density.instances',
      unit: 'count',
      better: 'higher',
    } as const;
    const check = (now: number): unknown =>
      judgeGates([gate({ metric: 'density.instances', worseBy: 0.1 })], {
        results: [result('runc', [now], density)],
        platforms: [],
        fairness: [],
        seed: 1,
        reference: {
          id: 'before',
          results: [result('runc', [40], density)],
          platforms: [],
          looks: 1,
          machine: null,
        },
      })[0];
    expect(check(37)).toMatchObject({ verdict: 'pass' });
    expect(check(30)).toMatchObject({
      verdict: 'fail',
      detail: 'one observation each, judged as it stands: beyond 10 %',
    });
  });

  it('do not fail for less than the instruments tell apart', () => {
    const about = (centre: number): number[] => Array.from({ length: 12 }, (_, i) => centre + 0.001 * i);
    const check = (now: number): unknown =>
      judgeGates([gate({ worseBy: 0.05 })], {
        results: [result('runc', about(now))],
        platforms: [],
        fairness: [],
        seed: 1,
        reference: {
          id: 'before',
          results: [result('runc', about(0.3))],
          platforms: [],
          looks: 1,
          machine: null,
        },
      })[0];
    expect(check(0.34)).toMatchObject({
      verdict: 'inconclusive',
      detail: expect.stringMatching(/^the difference is smaller than .* apart, 50\.0\sµs$/) as string,
    });
    expect(check(0.36)).toMatchObject({ verdict: 'fail' });
  });

  it('judge exact sizes without an interval, each compression on its own', () => {
    const sizes = ['gzip', 'zstd'].map((compression, index) =>
      result('runc', [100 - index * 20], {
        measure: 'image',
        metric: 'image.transfer',
        lens: 'transfer',
        unit: 'bytes',
        condition: { compression },
      }),
    );
    const found = judgeGates([gate({ metric: 'image.transfer', max: 90 })], {
      results: sizes,
      platforms: [],
      fairness: [],
      seed: 1,
      reference: null,
    });
    expect(found.map((entry) => [entry.id, entry.verdict])).toEqual([
      ['g transfer compression=gzip', 'fail'],
      ['g transfer compression=zstd', 'pass'],
    ]);
  });

  it('are skipped with their platform, and left out at level off', () => {
    const skipped = { id: 'runc', skipped: { reason: 'no runc', remedy: '' } } as RecordedPlatform;
    expect(verdicts([gate({ max: 1 })], [], [skipped])).toEqual(['skipped']);
    expect(verdicts([gate({ max: 1, level: 'off' })], results)).toEqual([]);
  });
});
