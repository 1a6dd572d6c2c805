import { describe, expect, it } from 'vitest';
import { bootstrapInterval } from '../../../bench/statistics/bootstrap.ts';
import { seededRandom } from '../../../bench/statistics/random.ts';
import { times } from '../../support/check/noise.ts';

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('bootstrapInterval', () => {
  // SciPy 1.17: bootstrap((values,), statistic, method='BCa', n_resamples=400000, random_state=default_rng(1)).
  it.each([
    [
      'mean',
      mean,
      [2104.2, 2131.7, 2098.4, 2150.9, 2120.3, 2111.8, 2187.5, 2093.1, 2300.4, 2099.9],
      2114.06,
      2199.52,
    ],
    [
      'mean of squares',
      (values: readonly number[]) => mean(values.map((value) => value ** 2)),
      [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3],
      2.300122,
      5.812644,
    ],
  ])('is that of SciPy for the %s', (_name, statistic, values, low, high) => {
    const found = bootstrapInterval(values, statistic, { seed: 1, resamples: 100_000 });
    if (!found.enough) throw new Error('too few');
    // The ends scatter by chance from one bootstrap to the next.
    expect(Math.abs(found.low / low - 1)).toBeLessThan(0.02);
    expect(Math.abs(found.high / high - 1)).toBeLessThan(0.02);
  });

  it('is the same for the same seed, and a point where nothing scatters', () => {
    const values = [1, 2, 3, 4, 5, 9];
    expect(bootstrapInterval(values, mean, { seed: 3 })).toEqual(
      bootstrapInterval(values, mean, { seed: 3 }),
    );
    expect(bootstrapInterval([2, 2, 2, 2, 2, 2], mean, { seed: 3 })).toEqual({
      enough: true,
      low: 2,
      high: 2,
    });
  });

  it('says what it needs', () => {
    expect(bootstrapInterval([1, 2, 3], mean, { seed: 1 })).toEqual({ enough: false, needed: 6, had: 3 });
  });

  it('covers the mean of skewed values nearly as often as it says', () => {
    const random = seededRandom(4);
    const rounds = 400;
    const covered = times(rounds, (seed) => {
      // Exponential, with mean 1: far more skewed than a start.
      const values = times(25, () => -Math.log(1 - random()));
      const found = bootstrapInterval(values, mean, { seed, resamples: 800 });
      return found.enough && found.low <= 1 && found.high >= 1;
    }).filter(Boolean).length;
    expect(covered / rounds).toBeGreaterThan(0.87);
    expect(covered / rounds).toBeLessThan(0.98);
  });
});
