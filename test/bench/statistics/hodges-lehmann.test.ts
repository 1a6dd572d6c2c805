import { describe, expect, it } from 'vitest';
import {
  hodgesLehmannRatio,
  hodgesLehmannShift,
  type Estimate,
} from '../../../bench/statistics/hodges-lehmann.ts';
import { seededRandom } from '../../../bench/statistics/random.ts';
import type { TooFew } from '../../../bench/statistics/too-few.ts';
import { startupNoise, times } from '../../support/check/noise.ts';

const before = [2104.2, 2131.7, 2098.4, 2150.9, 2120.3, 2111.8, 2187.5, 2093.1];
const after = [2251.6, 2240.2, 2199.9, 2301.4, 2266.7, 2178.3, 2230.5];

describe('Hodges–Lehmann', () => {
  // R 4.2: wilcox.test(after, before, conf.int = TRUE, exact = TRUE), and the same on logarithms; levels by pwilcox.
  it('agrees with R on shift and interval', () => {
    expect(interval(hodgesLehmannShift(after, before))).toEqual([
      expect.closeTo(117.25, 9),
      expect.closeTo(68.2, 9),
      expect.closeTo(154.9, 9),
      expect.closeTo(1 - 2 * 0.02004662, 6),
    ]);
    expect(interval(hodgesLehmannRatio(after, before)).slice(0, 3)).toEqual([
      expect.closeTo(1.0550222857535265, 12),
      expect.closeTo(1.0319932448280711, 12),
      expect.closeTo(1.0733497490292647, 12),
    ]);
  });

  // R 4.2: qwilcox(0.025, n, m) and 1 - 2 pwilcox(that - 1, n, m).
  it.each([
    [6, 6, 6, 0.95887445887445888],
    [8, 7, 11, 0.95990675990675989],
    [12, 12, 38, 0.95509800470091222],
    [20, 20, 128, 0.9509096748106276],
    [10, 40, 120, 0.95017236629214064],
  ])('takes the right rank of %d by %d differences', (n, m, rank, level) => {
    // Every difference is its own rank: x counts in steps of m, y is 0 … m - 1 turned round.
    const found = interval(
      hodgesLehmannShift(
        times(n, (i) => (i + 1) * m),
        times(m, (i) => i),
      ),
    );
    expect(found[1]).toBe(rank);
    expect(found[2]).toBe(n * m + 1 - rank);
    expect(found[3]).toBeCloseTo(level, 12);
  });

  // R 4.2 with exact = FALSE solves for the bounds: they lie between the same differences as ours.
  it('comes close to R for many values', () => {
    const found = interval(
      hodgesLehmannShift(
        times(25, (i) => Math.cos(i * 2.3) * 10 + 2),
        times(25, (i) => Math.sin(i * 1.7) * 10),
      ),
    );
    expect(found[0]).toBeCloseTo(1.86251930695294554, 9);
    expect(found[1]).toBeLessThan(-2.12);
    expect(found[1]).toBeGreaterThan(-2.4);
    expect(found[2]).toBeGreaterThan(5.92);
    expect(found[2]).toBeLessThan(6.2);
  });

  it('is exact where nothing varies', () => {
    expect(
      interval(
        hodgesLehmannShift(
          times(6, () => 5),
          times(6, () => 4),
        ),
      ).slice(0, 3),
    ).toEqual([1, 1, 1]);
  });

  it('gives no interval below six values a side, no ratio to zero, and nothing of nothing', () => {
    expect(hodgesLehmannShift(after.slice(0, 5), before)).toMatchObject({
      value: expect.any(Number) as number,
      interval: { enough: false, needed: 6, had: 5 },
    });
    expect(hodgesLehmannRatio([1, 2, 3], [0, 1, 2])).toBeNull();
    expect(hodgesLehmannRatio([1, 2, 3], [-1, 1, 2])).toBeNull();
    expect(hodgesLehmannShift([], before)).toEqual({ enough: false, needed: 1, had: 0 });
    expect(hodgesLehmannRatio([], before)).toEqual({ enough: false, needed: 1, had: 0 });
  });

  it.each([
    [6, 6],
    [12, 9],
    [25, 25],
  ])('covers the true ratio as often as it says, with %d and %d values', (n, m) => {
    const random = seededRandom(n * 100 + m);
    const rounds = 1000;
    let level = 0;
    const covered = times(rounds, () => {
      const [, low = NaN, high = NaN, promised = NaN] = interval(
        hodgesLehmannRatio(
          times(n, () => startupNoise(random, 112, 0.05)),
          times(m, () => startupNoise(random, 100, 0.05)),
        ),
      );
      level = promised;
      return low <= 1.12 && 1.12 <= high;
    }).filter(Boolean).length;
    expect(Math.abs(covered / rounds - level)).toBeLessThan(4 * Math.sqrt((level * (1 - level)) / rounds));
  });

  it('covers at least as often as it says with many ties', () => {
    const random = seededRandom(5);
    const pages = (): number => 4 * Math.round(2 * random() + 2 * random());
    const covered = times(1000, () => {
      const [, low = NaN, high = NaN] = interval(
        hodgesLehmannShift(
          times(9, () => pages() + 4),
          times(9, pages),
        ),
      );
      return low <= 4 && 4 <= high;
    }).filter(Boolean).length;
    expect(covered).toBeGreaterThan(940);
  });
});

/** Value, low, high, level. */
function interval(estimate: Estimate | TooFew | null): number[] {
  if (estimate === null || 'enough' in estimate || !estimate.interval.enough) throw new Error('no interval');
  return [estimate.value, estimate.interval.low, estimate.interval.high, estimate.interval.level];
}
