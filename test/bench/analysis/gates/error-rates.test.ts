import { describe, expect, it } from 'vitest';
import { gateTrials, noises } from '../../../support/check/gate-trials.ts';

const rounds = 1000;
const kinds = Object.keys(noises) as (keyof typeof noises)[];

describe('a gate of 1.5 % with 12 samples a side', () => {
  it.each(kinds)(
    'fails at most one in a hundred checks of identical starts (%s)',
    (noise) => {
      const { fail } = gateTrials({ noise, factor: 1, margin: 0.015, samples: 12, rounds, seed: 1 });
      expect(fail).toBeLessThanOrEqual(rounds / 100);
    },
    60_000,
  );

  it('finds a true 10 % at a CV of 5 % in at least 95 of 100', () => {
    const found = gateTrials({
      noise: 'heavy tails',
      factor: 1.1,
      margin: 0.015,
      samples: 12,
      rounds,
      seed: 2,
    });
    expect(found['fail']).toBeGreaterThanOrEqual(0.95 * rounds);
    expect(found['pass']).toBe(0);
  }, 60_000);
});
