import { describe, expect, it } from 'vitest';
import { extrapolationsOf, slopesOf, type Extrapolation } from '../../../../bench/measures/density/slope.ts';
import type { DensityPoint, RecordedDensity } from '../../../../bench/record/density.ts';
import { seededRandom } from '../../../../bench/statistics/random.ts';

const mebibyte = 2 ** 20;

describe('slopes', () => {
  it('are what a further instance takes, by every lens, and what the first takes beyond', () => {
    const curve = [2, 4, 6, 8, 10].map((n) => point(n, { pss: 300 + 90 * n, workingset: 50 + 100 * n }));
    expect(slopesOf(curve)).toEqual([
      {
        lens: 'pss',
        bytesPerInstance: 90 * mebibyte,
        ciLow: 90 * mebibyte,
        ciHigh: 90 * mebibyte,
        ciLevel: 1 - 2 / 120,
        interceptBytes: 300 * mebibyte,
        points: 5,
      },
      expect.objectContaining({ lens: 'workingset', bytesPerInstance: 100 * mebibyte }),
    ]);
  });

  it('leave out steps that were not good, and take the last of each number', () => {
    const curve = [
      point(2, { pss: 900 }),
      point(2, { pss: 200 }),
      point(6, { pss: 600 }),
      { ...point(8, { pss: 5 }), good: false },
      point(4, { pss: 400 }),
    ];
    expect(slopesOf(curve)).toMatchObject([
      { bytesPerInstance: 100 * mebibyte, interceptBytes: 0, ciLow: null, ciHigh: null, points: 3 },
    ]);
  });

  it('need two numbers of instances', () => {
    expect(slopesOf([point(1, { pss: 100 })])).toEqual([]);
    expect(slopesOf([])).toEqual([]);
  });
});

describe('extrapolations', () => {
  it('count on from what was held, up to three times the budget', () => {
    const found = extrapolationsOf(density(1000, 8, 0));
    expect(found.map(({ budgetBytes }) => budgetBytes / mebibyte)).toEqual([1500, 2000, 3000]);
    expect(found.map(({ instances }) => instances)).toEqual([13, 18, 28]);
    expect(found.map(({ low, high }) => [low, high])).toEqual([
      [13, 14],
      [18, 19],
      [28, 29],
    ]);
  });

  it('are none where more memory would not have helped, or nothing was held', () => {
    const whole = density(1000, 8, 0);
    const limit: RecordedDensity['limit'] = { by: 'slo', n: 9, detail: '', instance: null, evidence: [] };
    expect(extrapolationsOf({ ...whole, limit })).toEqual([]);
    expect(extrapolationsOf({ ...whole, instances: 0 })).toEqual([]);
    expect(extrapolationsOf({ ...whole, instances: null, limit: null })).toEqual([]);
  });

  it('have no bounds where the slope has none', () => {
    const whole = density(1000, 8, 0);
    expect(extrapolationsOf({ ...whole, curve: whole.curve.slice(0, 3) })[0]).toMatchObject({
      low: null,
      high: null,
    });
  });

  it('contain what a larger budget really holds, when instances differ by a fifth', () => {
    const random = seededRandom(5);
    let contained = 0;
    const runs = 400;
    for (let run = 0; run < runs; run += 1) {
      const sizes = Array.from({ length: 60 }, () => 100 * (1 + 0.4 * (random() - 0.5)));
      const held = heldIn(1000, sizes);
      const found = extrapolationsOf(density(1000, held, 0, sizes));
      const double = found.find(({ budgetBytes }) => budgetBytes === 2000 * mebibyte);
      if (contains(double, heldIn(2000, sizes))) contained += 1;
    }
    expect(contained / runs).toBeGreaterThan(0.93);
  });
});

/** Instances of 100 MiB, or of the given sizes, beside a fixed cost, until a budget in MiB is full. */
function density(
  budget: number,
  instances: number,
  fixed: number,
  sizes?: readonly number[],
): Pick<RecordedDensity, 'budget' | 'instances' | 'limit' | 'curve'> {
  const numbers = Array.from({ length: instances }, (_, index) => index + 1);
  return {
    budget: { memoryBytes: budget * mebibyte, cpus: 2, diskBytes: null },
    instances,
    limit: { by: 'out-of-memory', n: instances + 1, detail: '', instance: null, evidence: [] },
    curve: numbers.map((n) => point(n, { workingset: fixed + (sizes ? sum(sizes.slice(0, n)) : 100 * n) })),
  };
}

function heldIn(budget: number, sizes: readonly number[]): number {
  let n = 0;
  while (n < sizes.length && sum(sizes.slice(0, n + 1)) <= budget) n += 1;
  return n;
}

function contains(found: Extrapolation | undefined, instances: number): boolean {
  return (
    found !== undefined &&
    found.low !== null &&
    found.high !== null &&
    found.low <= instances &&
    instances <= found.high
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** @param memory MiB by lens */
function point(n: number, memory: Record<string, number>): DensityPoint {
  return {
    n,
    at: n * 1000,
    starts: n,
    good: true,
    memory: Object.fromEntries(Object.entries(memory).map(([lens, value]) => [lens, value * mebibyte])),
    pressure: null,
    cpuPercent: 10,
    load: {
      durationMs: 1000,
      offered: n,
      ok: n,
      errors: 0,
      p50Ms: 1,
      p90Ms: 1,
      p99Ms: 1,
      maxMs: 1,
      sendLagMaxMs: 0,
    },
    worst: null,
    startup: null,
  };
}
