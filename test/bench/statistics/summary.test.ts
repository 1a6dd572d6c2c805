import { describe, expect, it } from 'vitest';
import { summarize } from '../../../bench/statistics/summary.ts';

describe('summarize', () => {
  it('agrees with NumPy', () => {
    const summary = summarize([3.1, 0.2, 7.7, 5.5, 1.25, 9, 4, 4]);
    expect(summary).toMatchObject({ n: 8, min: 0.2, max: 9, median: 4, ciLow: 0.2, ciHigh: 9 });
    expect(summary.mean).toBeCloseTo(4.34375, 12);
    expect(summary.sd).toBeCloseTo(2.9954057082710612, 12);
    expect(summary.p90).toBeCloseTo(8.09, 12);
    expect(summary.p99).toBeCloseTo(8.909, 12);
    expect(summary.ciLevel).toBeCloseTo(0.9921875, 12);
  });

  it('keeps its digits for large values with a small spread', () => {
    expect(summarize([1e9 + 1, 1e9 + 2, 1e9 + 3]).sd).toBeCloseTo(1, 12);
  });

  it('says null where nothing can be said', () => {
    expect(summarize([])).toEqual({
      n: 0,
      min: null,
      max: null,
      mean: null,
      sd: null,
      median: null,
      p90: null,
      p99: null,
      ciLow: null,
      ciHigh: null,
      ciLevel: null,
    });
    expect(summarize([5])).toMatchObject({ n: 1, median: 5, sd: null, ciLow: null });
    expect(summarize([1, 2, 3, 4, 5])).toMatchObject({ n: 5, ciLow: null, ciHigh: null, ciLevel: null });
  });
});
