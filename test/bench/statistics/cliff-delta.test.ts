import { describe, expect, it } from 'vitest';
import { cliffDelta, effectSize } from '../../../bench/statistics/cliff-delta.ts';
import { mannWhitney } from '../../../bench/statistics/mann-whitney.ts';

describe('cliffDelta', () => {
  it('is the share of pairs above minus the share below', () => {
    const values = [1, 3, 5, 5, 8];
    const against = [2, 3, 4, 5];
    const signs = values.flatMap((a) => against.map((b) => Math.sign(a - b)));
    const test = mannWhitney(values, against);
    expect(test.enough && cliffDelta(test.u, 5, 4)).toBeCloseTo(
      signs.reduce((sum, sign) => sum + sign, 0) / 20,
      12,
    );
  });

  it.each([
    [0.1, 'negligible'],
    [-0.2, 'small'],
    [0.4, 'medium'],
    [-1, 'large'],
  ])('%d is %s', (delta, word) => {
    expect(effectSize(delta)).toBe(word);
  });
});
