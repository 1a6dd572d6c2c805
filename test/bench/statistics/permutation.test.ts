import { describe, expect, it } from 'vitest';
import { permutationTest } from '../../../bench/statistics/permutation.ts';
import { seededRandom } from '../../../bench/statistics/random.ts';
import { startupNoise, times } from '../../support/check/noise.ts';

describe('permutationTest', () => {
  // SciPy 1.17: permutation_test((x, y), |difference of means|, permutation_type='independent', n_resamples=np.inf,
  // alternative='greater').
  it.each([
    [[5.1, 4.9, 6.2, 5.8, 5.5], [4.2, 4.4, 5.0, 4.1, 4.8, 4.6], 0.9833333333333334, 0.006493506493506494],
    [[1, 2, 2, 3, 4], [3, 4, 4, 5], -1.6, 0.07142857142857142],
  ])('is exact for few values: %j against %j', (values, against, difference, p) => {
    expect(permutationTest(values, against, 1)).toEqual({
      enough: true,
      difference: expect.closeTo(difference, 12) as number,
      p: expect.closeTo(p, 12) as number,
      method: 'exact',
    });
  });

  // The same, all 48,620 divisions.
  it('samples divisions where there are too many', () => {
    const found = permutationTest(
      [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3],
      [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06001, 3.14, 1.29001],
      7,
    );
    expect(found).toMatchObject({ method: 'sampled', difference: expect.closeTo(0.431886667, 8) as number });
    // Four standard errors of 9,999 divisions.
    expect(found).toHaveProperty('p', expect.closeTo(0.2454957, 1));
    expect(found.enough && Math.abs(found.p - 0.2454957)).toBeLessThan(0.018);
  });

  it('says what it needs', () => {
    expect(permutationTest([1, 2, 3], [1, 2, 3, 4], 1)).toEqual({ enough: false, needed: 4, had: 3 });
  });

  it('calls equal sides different as seldom as it says', () => {
    const random = seededRandom(2);
    const rounds = 400;
    const alarms = times(rounds, (seed) => {
      const side = (): number[] => times(7, () => startupNoise(random, 100, 0.05));
      const found = permutationTest(side(), side(), seed);
      return found.enough && found.p < 0.05;
    }).filter(Boolean).length;
    expect(alarms).toBeLessThan(0.05 * rounds + 4 * Math.sqrt(0.05 * 0.95 * rounds));
    expect(alarms).toBeGreaterThan(0);
  });
});
