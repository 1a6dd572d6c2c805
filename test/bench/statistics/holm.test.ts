import { describe, expect, it } from 'vitest';
import { holm } from '../../../bench/statistics/holm.ts';
import { mannWhitney } from '../../../bench/statistics/mann-whitney.ts';
import { seededRandom } from '../../../bench/statistics/random.ts';
import { startupNoise, times } from '../../support/check/noise.ts';

describe('holm', () => {
  it('agrees with p.adjust of R, in the order given', () => {
    const wanted = [0.05, 0.12, 0.12, 0.03, 0.5, 0.12].map((p) => expect.closeTo(p, 12) as number);
    expect(holm([0.01, 0.04, 0.03, 0.005, 0.5, 0.04])).toEqual(wanted);
  });

  it('leaves one test as it is, and nothing of nothing', () => {
    expect(holm([0.04])).toEqual([0.04]);
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });

  it('keeps the false alarms of a whole family of equal sides below 5 %', () => {
    const random = seededRandom(3);
    const rounds = 200;
    const alarms = times(rounds, () => {
      const ps = times(10, () => {
        const side = (): number[] => times(10, () => startupNoise(random, 100, 0.05));
        const test = mannWhitney(side(), side());
        return test.enough ? test.p : NaN;
      });
      return { plain: Math.min(...ps) < 0.05, adjusted: Math.min(...holm(ps)) < 0.05 };
    });
    const limit = 0.05 * rounds + 4 * Math.sqrt(0.05 * 0.95 * rounds);
    expect(alarms.filter(({ adjusted }) => adjusted).length).toBeLessThan(limit);
    // Without the adjustment about 40 % of the comparisons would cry wolf.
    expect(alarms.filter(({ plain }) => plain).length).toBeGreaterThan(limit);
  });
});
