import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom, shuffle } from '../../../bench/statistics/random.ts';

describe('seededRandom', () => {
  // The published algorithm in Python's integers.
  it.each([
    [42, [2581720956, 1925393290, 3661312704, 2876485805, 750819978]],
    [0, [1144304738, 1416247, 958946056]],
  ])('gives the sequence of seed %d', (seed, wanted) => {
    const random = seededRandom(seed);
    expect(wanted.map(() => random() * 2 ** 32)).toEqual(wanted);
  });
});

describe('shuffle', () => {
  it('keeps every value, repeats with the seed and leaves its input alone', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (values, seed) => {
        const before = [...values];
        const shuffled = shuffle(values, seededRandom(seed));
        expect([...shuffled].sort()).toEqual([...values].sort());
        expect(shuffle(values, seededRandom(seed))).toEqual(shuffled);
        expect(values).toEqual(before);
      }),
    );
  });

  it('gives each of the six orders of three values equally often', () => {
    const random = seededRandom(7);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i += 1) {
      const order = shuffle(['a', 'b', 'c'], random).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // Chi-squared with 5 degrees of freedom exceeds 20.5 once in a thousand times.
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquared).toBeLessThan(20.5);
  });
});
