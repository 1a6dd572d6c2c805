import { describe, expect, it } from 'vitest';
import { medianInterval } from '../../../bench/statistics/median-interval.ts';
import { ascending } from '../../../bench/statistics/quantile.ts';
import { seededRandom } from '../../../bench/statistics/random.ts';

/** Ranks stand for the values: the interval of 1…n is the pair of ranks itself. */
function ranks(n: number): number[] {
  return Array.from({ length: n }, (_, index) => index + 1);
}

describe('medianInterval', () => {
  // Exact binomial sums (integer arithmetic in Python); the ranks are those of the printed tables.
  it.each([
    [6, 1, 6, 0.96875],
    [7, 1, 7, 0.984375],
    [8, 1, 8, 0.9921875],
    [9, 2, 8, 0.9609375],
    [10, 2, 9, 0.978515625],
    [15, 4, 12, 0.96484375],
    [20, 6, 15, 0.9586105346679688],
    [25, 8, 18, 0.9567147493362427],
    [50, 18, 33, 0.9671608624357315],
    [100, 40, 61, 0.9647997997822952],
    [2000, 956, 1045, 0.9534471795082162],
  ])('takes the right ranks of %d values', (n, low, high, level) => {
    const interval = medianInterval(ranks(n));
    expect(interval).toMatchObject({ low, high });
    expect(interval?.level).toBeCloseTo(level, 9);
  });

  it.each([0, 1, 2, 5])('gives none for %d values', (n) => {
    expect(medianInterval(ranks(n))).toBeNull();
  });

  it.each([6, 10, 15])('covers the true median as often as it says, with %d skewed values', (n) => {
    const random = seededRandom(20 + n);
    const rounds = 4000;
    let covered = 0;
    let level = 0;
    for (let round = 0; round < rounds; round += 1) {
      // Exponential: median ln 2, far from symmetric.
      const interval = medianInterval(ascending(ranks(n).map(() => -Math.log(1 - random()))));
      if (!interval) throw new Error('no interval');
      level = interval.level;
      if (interval.low <= Math.LN2 && Math.LN2 <= interval.high) covered += 1;
    }
    // Four standard errors of a proportion.
    expect(Math.abs(covered / rounds - level)).toBeLessThan(4 * Math.sqrt((level * (1 - level)) / rounds));
  });
});
