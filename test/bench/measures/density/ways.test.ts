/** The ways to the figure against a pretended server: it takes `fits` instances, each of the same memory. */
import { describe, expect, it } from 'vitest';
import { bestOf, nextToTry, type Tried, type WayOptions } from '../../../../bench/measures/density/ways.ts';

const each = 10;

interface Server {
  fits: number;
  /** What the first takes beyond a further one. */
  fixedBytes?: number;
  /** How much more than the model says a further one takes in the end. */
  growth?: number;
}

function climb(server: Server, options: Partial<WayOptions> = {}): { found: number; rounds: Tried[] } {
  const { fits, fixedBytes = 0, growth = 1 } = server;
  const all = {
    way: 'ramp' as const,
    batchSize: 1,
    cap: 10_000,
    budgetBytes: fixedBytes + fits * each,
    ...options,
  };
  const tried: Tried[] = [];
  for (let n = nextToTry(tried, all); n !== null; n = nextToTry(tried, all)) {
    expect(tried.map((each) => each.n)).not.toContain(n);
    expect(n).toBeLessThanOrEqual(all.cap);
    const good = n <= fits;
    tried.push({ n, good, memoryBytes: good ? fixedBytes + (n * each) / growth : null });
  }
  return { found: bestOf(tried), rounds: tried };
}

describe.each(['ramp', 'search'] as const)('the way %s', (way) => {
  it.each([0, 1, 2, 3, 5, 16, 17, 20, 41, 100, 333])('finds that %i fit', (fits) => {
    const { found, rounds } = climb({ fits, fixedBytes: 50 }, { way });
    expect(found).toBe(fits);
    // The figure itself was tried and good, and so was the next one, and bad.
    if (fits > 0) expect(rounds).toContainEqual(expect.objectContaining({ n: fits, good: true }));
    expect(rounds).toContainEqual(expect.objectContaining({ n: fits + 1, good: false }));
  });

  it.each([2, 3, 7, 50])('finds it with batches of %i as well', (batchSize) => {
    expect(climb({ fits: 23 }, { way, batchSize }).found).toBe(23);
  });

  it('ends at the cap', () => {
    const { found, rounds } = climb({ fits: 1000 }, { way, cap: 25 });
    expect(found).toBe(25);
    expect(rounds.every(({ good }) => good)).toBe(true);
  });

  it('finds it where memory is not what stops it', () => {
    expect(climb({ fits: 37 }, { way, budgetBytes: 1e9 }).found).toBe(37);
  });

  it('finds it where memory cannot be read or the model is far off', () => {
    expect(climb({ fits: 37, growth: 3 }, { way }).found).toBe(37);
    expect(climb({ fits: 37, growth: 0.4 }, { way }).found).toBe(37);
  });
});

it('the search needs at most half the rounds of the ramp from 17 instances on', () => {
  expect(climb({ fits: 30 }, { way: 'ramp' }).rounds).toHaveLength(31);
  for (let fits = 17; fits < 400; fits += fits < 70 ? 1 : 13) {
    for (const growth of [0.7, 1, 1.5, 1000]) {
      const { rounds } = climb({ fits, fixedBytes: 30, growth }, { way: 'search' });
      expect(rounds.length, `${fits} fit, growth ${growth}`).toBeLessThanOrEqual((fits + 1) / 2);
    }
  }
});

it('a number that turns out bad later is no longer the best', () => {
  const tried = [
    { n: 4, good: true, memoryBytes: null },
    { n: 8, good: true, memoryBytes: null },
    { n: 8, good: false, memoryBytes: null },
  ];
  expect(bestOf(tried)).toBe(4);
});
