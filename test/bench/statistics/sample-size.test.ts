import { describe, expect, it } from 'vitest';
import { sampleSize } from '../../../bench/statistics/sample-size.ts';
import { stoppingTrials, stoppingNoises } from '../../support/stopping-trials.ts';

describe('the number of samples that an interval takes', () => {
  it.each([
    [{ width: 0.05 }, 6],
    [{ width: 0.02 }, 6],
    // Twice as wide needs four times as many.
    [{ width: 0.1 }, 24],
    [{ width: 0.2 }, 30],
    [{ width: null }, 30],
  ])('%j takes %i', (changes, samples) => {
    expect(sampleSize({ first: 6, most: 30, until: 0.05, ...changes })).toBe(samples);
  });

  it.each(Object.keys(stoppingNoises) as (keyof typeof stoppingNoises)[])(
    'the interval covers the truth as often as it says (%s)',
    (noise) => {
      const { covered, samples } = stoppingTrials({ noise, rule: 'once', until: 0.04, rounds: 200, seed: 1 });
      // Two standard errors of the simulation below 95 %.
      expect(covered).toBeGreaterThanOrEqual(0.919);
      expect(samples).toBeLessThanOrEqual(30);
    },
    60_000,
  );
});
