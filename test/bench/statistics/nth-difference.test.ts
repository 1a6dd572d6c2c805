import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nthDifference } from '../../../bench/statistics/nth-difference.ts';
import { ascending } from '../../../bench/statistics/quantile.ts';

const values = fc.array(
  fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ min: -1e9, max: 1e9, noNaN: true })),
  {
    minLength: 1,
    maxLength: 12,
  },
);

describe('nthDifference', () => {
  it('is what sorting all the differences gives', () => {
    fc.assert(
      fc.property(values, values, fc.nat(), (x, y, pick) => {
        const all = ascending(x.flatMap((a) => y.map((b) => a - b)));
        const k = (pick % all.length) + 1;
        const found = nthDifference(ascending(x), ascending(y), k);
        const range = (all.at(-1) ?? 0) - (all[0] ?? 0);
        // One of the differences itself, and the right one up to the sixtieth halving.
        expect(all).toContain(found + 0);
        expect(Math.abs(found - (all[k - 1] ?? NaN))).toBeLessThanOrEqual(range * 1e-15);
      }),
    );
  });

  it('copes with more pairs than memory would hold', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => index);
    expect(nthDifference(many, many, 200_000_000)).toBe(0);
  });

  it('refuses an empty side', () => {
    expect(() => nthDifference([], [1], 1)).toThrow(RangeError);
  });
});
