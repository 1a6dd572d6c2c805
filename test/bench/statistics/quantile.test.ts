import { describe, expect, it } from 'vitest';
import { ascending, quantile } from '../../../bench/statistics/quantile.ts';

describe('quantile', () => {
  // NumPy's np.quantile of the same values, whose default is type 7 as well.
  const values = ascending([3.1, 0.2, 7.7, 5.5, 1.25, 9, 4, 4]);
  it.each([
    [0, 0.2],
    [0.1, 0.935],
    [0.25, 2.6375],
    [0.5, 4],
    [0.9, 8.09],
    [0.99, 8.909],
    [1, 9],
  ])('agrees with NumPy at %d', (p, wanted) => {
    expect(quantile(values, p)).toBeCloseTo(wanted, 12);
  });

  it('is the value itself where there is only one', () => {
    expect(quantile([7], 0.99)).toBe(7);
  });

  it('refuses to make a quantile of nothing', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });

  it('sorts as numbers and leaves its input alone', () => {
    const input = [10, 9, 100];
    expect(ascending(input)).toEqual([9, 10, 100]);
    expect(input).toEqual([10, 9, 100]);
  });
});
