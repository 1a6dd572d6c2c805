import { describe, expect, it } from 'vitest';
import { mannWhitney, smallestP } from '../../../bench/statistics/mann-whitney.ts';
import { seededRandom } from '../../../bench/statistics/random.ts';
import { startupNoise, times } from '../../support/check/noise.ts';

describe('mannWhitney', () => {
  // R 4.2: wilcox.test(values, against, exact = TRUE).
  it('is exact for few values without ties', () => {
    const before = [2104.2, 2131.7, 2098.4, 2150.9, 2120.3, 2111.8, 2187.5, 2093.1];
    const after = [2251.6, 2240.2, 2199.9, 2301.4, 2266.7, 2178.3, 2230.5];
    expect(mannWhitney(after, before)).toMatchObject({ enough: true, u: 55, method: 'exact' });
    expect(mannWhitney(after, before)).toHaveProperty('p', expect.closeTo(6.216006216006216e-4, 15));
    const a = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
    const b = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06001, 3.14, 1.29001];
    expect(mannWhitney(a, b)).toMatchObject({ u: 58, p: expect.closeTo(0.13591114767585355, 12) as number });
  });

  // R 4.2: every choice of ranks counted with combn(), two-sided by the distance from the mean.
  it.each([
    [[1, 2, 2, 3, 4, 4, 5], [3, 4, 4, 5, 6, 6], 8, 0.071095571095571089],
    [[10, 10, 10, 12], [10, 11, 12, 12, 13], 4.5, 0.26984126984126983],
    [[5, 5, 5, 5], [5, 5, 5, 5], 8, 1],
  ])('is exact with ties: %j against %j', (values, against, u, p) => {
    expect(mannWhitney(values, against)).toEqual({
      enough: true,
      u,
      p: expect.closeTo(p, 12) as number,
      method: 'exact',
    });
  });

  // R 4.2: wilcox.test(values, against, exact = FALSE, correct = TRUE).
  it('takes the normal approximation for many values, with ties and without', () => {
    const tied = mannWhitney(
      times(30, (i) => ((i * 5) % 11) + 2),
      times(30, (i) => (i * 7) % 13),
    );
    expect(tied).toMatchObject({
      u: 538.5,
      method: 'normal',
      p: expect.closeTo(0.19186596156951174, 9) as number,
    });
    const smooth = mannWhitney(
      times(25, (i) => Math.cos(i * 2.3) * 10 + 2),
      times(25, (i) => Math.sin(i * 1.7) * 10),
    );
    expect(smooth).toMatchObject({
      u: 368,
      method: 'normal',
      p: expect.closeTo(0.28590105896754786, 9) as number,
    });
  });

  it('calls nothing different where many values are all equal', () => {
    expect(
      mannWhitney(
        times(50, () => 3),
        times(50, () => 3),
      ),
    ).toMatchObject({ p: 1, method: 'normal' });
  });

  it('says what it needs below four values a side', () => {
    expect(mannWhitney([1, 2, 3], [4, 5, 6, 7])).toEqual({ enough: false, needed: 4, had: 3 });
    expect(mannWhitney([1, 2, 3, 4], [])).toEqual({ enough: false, needed: 4, had: 0 });
  });

  it('knows the smallest p of a complete separation', () => {
    for (const [n, m] of [
      [4, 4],
      [6, 9],
      [12, 10],
    ] as const) {
      const separated = mannWhitney(
        times(n, (i) => i),
        times(m, (i) => 100 + i),
      );
      expect(separated).toHaveProperty('p', expect.closeTo(smallestP(n, m), 12));
    }
  });

  it('calls equal sides different as seldom as it says, and a true 10 % nearly always', () => {
    const random = seededRandom(11);
    const rounds = 1000;
    const found = (factor: number): number =>
      times(rounds, () => {
        const test = mannWhitney(
          times(12, () => startupNoise(random, 100 * factor, 0.05)),
          times(12, () => startupNoise(random, 100, 0.05)),
        );
        return test.enough && test.p < 0.05;
      }).filter(Boolean).length;
    // Four standard errors above 5 %; an exact test stays a little below.
    expect(found(1)).toBeLessThan(0.05 * rounds + 4 * Math.sqrt(0.05 * 0.95 * rounds));
    expect(found(1)).toBeGreaterThan(0.02 * rounds);
    expect(found(1.1)).toBeGreaterThan(0.95 * rounds);
  });
});
