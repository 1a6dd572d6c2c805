import { describe, expect, it } from 'vitest';
import { findMinimumMemory } from '../../../../bench/measures/density/minimum-memory.ts';
import type { MinimumMemory } from '../../../../bench/record/density.ts';

const mebibyte = 2 ** 20;

function find(least: number, precision = 4): Promise<MinimumMemory> {
  const range = { fromBytes: 8 * mebibyte, toBytes: 256 * mebibyte, precisionBytes: precision * mebibyte };
  return findMinimumMemory(range, (bytes) => {
    const serves = bytes >= least * mebibyte;
    return Promise.resolve({ serves, startupMs: null, p99Ms: null, detail: serves ? '' : 'out of memory' });
  });
}

describe('the smallest memory', () => {
  it.each([9, 33, 64, 100, 127, 128, 129, 250, 256])(
    'of %i MiB is found within the precision',
    async (least) => {
      const { bytes, refusedBytes, steps } = await find(least);
      expect(bytes).toBeGreaterThanOrEqual(least * mebibyte);
      expect(bytes).toBeLessThanOrEqual((least + 4) * mebibyte);
      expect(refusedBytes).toBeLessThan(least * mebibyte);
      expect(steps.filter(({ serves }) => serves).at(-1)?.bytes).toBe(bytes);
      expect(steps.length).toBeLessThanOrEqual(9);
    },
  );

  it('is the lower end where everything serves, and that was tried', async () => {
    const { bytes, refusedBytes, steps } = await find(1);
    expect([bytes, refusedBytes]).toEqual([8 * mebibyte, null]);
    expect(steps.at(-1)).toMatchObject({ bytes: 8 * mebibyte, serves: true });
  });

  it('is unknown where not even the upper end serves, and nothing else is tried', async () => {
    const { bytes, refusedBytes, steps } = await find(300);
    expect([bytes, refusedBytes, steps.length]).toEqual([null, 256 * mebibyte, 1]);
  });

  it('is never told finer than a mebibyte', async () => {
    expect((await find(100, 1)).bytes).toBe(100 * mebibyte);
  });
});
