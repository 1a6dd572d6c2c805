import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../bench/statistics/random.ts';
import { theilSen, type Line } from '../../../bench/statistics/theil-sen.ts';
import { times } from '../../support/check/noise.ts';

const xs = [4, 8, 12, 16, 20, 24, 28, 32, 36, 40];
const ys = [412.5, 790.1, 1189.9, 1571.2, 1975.3, 2330.8, 2810.6, 3121.7, 3544.4, 3902.2];

describe('Theil–Sen', () => {
  // SciPy 1.17.1: stats.theilslopes(ys, xs, 0.95, method='joint').
  it('agrees with SciPy on slope, intercept and interval', () => {
    expect(numbers(line(xs, ys))).toEqual(near([97.253125, 19.00625, 96.29375, 98.76666666666665]));
  });

  it('is not bent by a point that went wild', () => {
    const wild = ys.with(5, 9330.8);
    expect(numbers(line(xs, wild))).toEqual(near([97.5625, 20.7, 96.345, 99.95]));
  });

  it('takes the normal approximation for many points', () => {
    const n = 130;
    const many = line(
      times(n, (i) => i),
      times(n, (i) => 3 * i + ((i * 7919) % 131)),
    );
    expect(numbers(many)).toEqual(near([3.05, 58.95, 2.838709677419355, 3.217948717948718]));
  });

  // SciPy 1.17.1: 1 - stats.kendalltau(range(n), p, method='exact').pvalue for a p with rank - 1 pairs out of order.
  it.each([
    [5, 1, 0.9833333333333333],
    [6, 2, 0.9833333333333333],
    [8, 6, 0.9688492063492063],
    [10, 12, 0.9533774250440917],
    [20, 65, 0.9532310632501054],
    [33, 201, 0.9514805559319268],
    [60, 732, 0.9500685163076757],
    [100, 2146, 0.9504825502108513],
  ])('leaves out the right share of the slopes between %d points', (n, rank, level) => {
    const random = seededRandom(n);
    const places = times(n, (i) => i);
    const values = times(n, () => random());
    const slopes = places
      .flatMap((i) => places.slice(i + 1).map((j) => ((values[j] ?? 0) - (values[i] ?? 0)) / (j - i)))
      .sort((a, b) => a - b);
    const { interval } = line(places, values);
    if (!interval.enough) throw new Error('there is no interval');
    expect([interval.low, interval.high]).toEqual([slopes[rank - 1], slopes[slopes.length - rank]]);
    expect(interval.level).toBeCloseTo(level, 12);
  });

  it('covers the true slope as often as it says', () => {
    const random = seededRandom(11);
    let covered = 0;
    const runs = 2000;
    for (let run = 0; run < runs; run += 1) {
      const { interval } = line(
        xs,
        xs.map((x) => 5 * x + 30 * (random() - 0.5)),
      );
      if (interval.enough && interval.low <= 5 && interval.high >= 5) covered += 1;
    }
    expect(covered / runs).toBeGreaterThan(0.94);
    expect(covered / runs).toBeLessThan(0.97);
  });

  it('says what it lacks: points, or points for an interval', () => {
    expect(theilSen([{ x: 1, y: 2 }])).toEqual({ enough: false, needed: 2, had: 1 });
    expect(line([1, 2, 3, 4], [2, 4, 6, 8])).toEqual({
      slope: 2,
      intercept: 0,
      interval: { enough: false, needed: 5, had: 4 },
    });
  });

  it('refuses two points at one place', () => {
    expect(() => line([3, 3], [1, 2])).toThrow('two points at x = 3');
  });
});

function line(x: readonly number[], y: readonly number[]): Line {
  const found = theilSen(x.map((value, index) => ({ x: value, y: y[index] ?? NaN })));
  if ('enough' in found) throw new Error('too few points');
  return found;
}

function numbers({ slope, intercept, interval }: Line): number[] {
  return interval.enough ? [slope, intercept, interval.low, interval.high] : [slope, intercept];
}

function near(values: readonly number[]): unknown[] {
  return values.map((value): unknown => expect.closeTo(value, 9));
}
