import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../bench/statistics/random.ts';
import { ratioOfMedians } from '../../../bench/statistics/ratio.ts';

const slow = [20, 21, 19, 22, 20.5, 20.2, 21.4];
const fast = [2, 2.1, 1.9, 2.05, 2.2, 1.95];

describe('ratioOfMedians', () => {
  it('divides the medians and repeats its interval with the seed', () => {
    const result = ratioOfMedians(slow, fast, 1);
    expect(result.ratio).toBeCloseTo(20.5 / 2.025, 12);
    expect(ratioOfMedians(slow, fast, 1)).toEqual(result);
    expect(result.ciLow).toBeLessThan(result.ratio);
    expect(result.ciHigh).toBeGreaterThan(result.ratio);
    expect(result.ciLow).toBeGreaterThanOrEqual(19 / 2.2);
    expect(result.ciHigh).toBeLessThanOrEqual(22 / 1.9);
  });

  it('scales with its values', () => {
    const once = ratioOfMedians(slow, fast, 3);
    const tenfold = ratioOfMedians(
      slow.map((value) => value * 10),
      fast,
      3,
    );
    expect(tenfold.ciLow).toBeCloseTo((once.ciLow ?? NaN) * 10, 9);
    expect(tenfold.ciHigh).toBeCloseTo((once.ciHigh ?? NaN) * 10, 9);
  });

  it('is exact where nothing varies', () => {
    const same = ratioOfMedians([4, 4, 4, 4, 4, 4], [2, 2, 2, 2, 2, 2], 1);
    expect(same).toEqual({ ratio: 2, ciLow: 2, ciHigh: 2 });
  });

  it('gives no interval below six values a side, nor where the divisor can be zero', () => {
    expect(ratioOfMedians(slow.slice(0, 5), fast, 1)).toMatchObject({ ciLow: null, ciHigh: null });
    expect(ratioOfMedians(slow, fast.slice(0, 5), 1)).toMatchObject({ ciLow: null, ciHigh: null });
    expect(ratioOfMedians(slow, [0, 0, 0, 1, 1, 1, 1], 1)).toMatchObject({ ratio: 20.5, ciLow: null });
    expect(ratioOfMedians([], fast, 1).ratio).toBeNaN();
  });

  it.each([
    [6, 6],
    [10, 10],
    [25, 12],
  ])('covers the true ratio about as often as it says, with %d and %d skewed values', (n, m) => {
    const random = seededRandom(n * 100 + m);
    // Log-normal around 30 and 10 with 20 % spread: the true ratio of medians is 3.
    const draw = (median: number): number =>
      median * Math.exp(0.2 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
    const rounds = 400;
    let covered = 0;
    for (let round = 0; round < rounds; round += 1) {
      const { ciLow, ciHigh } = ratioOfMedians(
        Array.from({ length: n }, () => draw(30)),
        Array.from({ length: m }, () => draw(10)),
        round,
      );
      if (ciLow !== null && ciHigh !== null && ciLow <= 3 && 3 <= ciHigh) covered += 1;
    }
    expect(covered / rounds).toBeGreaterThan(0.92);
    expect(covered / rounds).toBeLessThan(0.995);
  });
});
