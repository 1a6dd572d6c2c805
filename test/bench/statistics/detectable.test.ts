import { describe, expect, it } from 'vitest';
import { detectableShift } from '../../../bench/statistics/detectable.ts';
import { mannWhitney } from '../../../bench/statistics/mann-whitney.ts';
import { seededRandom } from '../../../bench/statistics/random.ts';
import { times } from '../../support/check/noise.ts';

describe('detectableShift', () => {
  it('is the rule of sixteen, but for the price of a test by ranks', () => {
    // 2 (1.95996 + 0.84162)² = 15.698 values a side for a shift of one standard deviation, and pi / 3 times that.
    const n = 15.698 * (Math.PI / 3);
    expect(
      detectableShift(
        [
          { sd: 1, n },
          { sd: 1, n },
        ],
        0.05,
      ),
    ).toBeCloseTo(1, 4);
  });

  it('is in the unit of its spread', () => {
    const once = detectableShift(
      [
        { sd: 3, n: 8 },
        { sd: 4, n: 6 },
      ],
      0.05,
    );
    expect(
      detectableShift(
        [
          { sd: 30, n: 8 },
          { sd: 40, n: 6 },
        ],
        0.05,
      ),
    ).toBeCloseTo(10 * once, 9);
  });

  it('grows with a stricter level and vanishes with the spread', () => {
    const sides = [
      { sd: 2, n: 10 },
      { sd: 2, n: 10 },
    ];
    expect(detectableShift(sides, 0.001)).toBeGreaterThan(detectableShift(sides, 0.05));
    expect(
      detectableShift(
        [
          { sd: 0, n: 10 },
          { sd: 0, n: 10 },
        ],
        0.05,
      ),
    ).toBe(0);
  });

  it('is found in about four of five cases', () => {
    const random = seededRandom(9);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const shift = detectableShift(
      [
        { sd: 1, n: 12 },
        { sd: 1, n: 12 },
      ],
      0.05,
    );
    const rounds = 800;
    const found = times(rounds, () => {
      const test = mannWhitney(
        times(12, () => normal() + shift),
        times(12, normal),
      );
      return test.enough && test.p < 0.05;
    }).filter(Boolean).length;
    expect(found / rounds).toBeGreaterThan(0.72);
    expect(found / rounds).toBeLessThan(0.88);
  });
});
