import { describe, expect, it } from 'vitest';
import { changePoints } from '../../../bench/statistics/change-points.ts';
import { energySplit, rankedSeries } from '../../../bench/statistics/energy-split.ts';
import { seededRandom } from '../../../bench/statistics/random.ts';
import { startupNoise, times } from '../../support/check/noise.ts';

describe('energySplit', () => {
  // NumPy 1.24, every split by its definition: n m / (n + m) (2 mean|x - y| - mean|x - x'| - mean|y - y'|), 3 values a side.
  it.each([
    [[10.2, 9.9, 10.1, 10.4, 9.8, 12.1, 12.3, 11.9, 12.2, 12.0, 12.4], 5, 9.836363636363634],
    [[3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8], 4, 5.777777777777779],
  ])('finds the split that the definition finds: %j', (values, index, energy) => {
    expect(energySplit(rankedSeries(values))).toEqual({ index, energy: expect.closeTo(energy, 9) as number });
  });

  it('finds none where there is none to find', () => {
    expect(energySplit(rankedSeries([1, 2, 3, 4, 5]))).toBeNull();
    expect(energySplit(rankedSeries(times(20, () => 7)))).toBeNull();
  });
});

describe('changePoints', () => {
  const series = (random: () => number, ...parts: [count: number, centre: number][]): number[] =>
    parts.flatMap(([count, centre]) => times(count, () => startupNoise(random, centre, 0.03)));

  it('finds each change, there and back, and nothing else', () => {
    const values = series(seededRandom(1), [30, 100], [25, 115], [30, 100], [20, 90]);
    const found = changePoints(values, { seed: 1 });
    // Where a change begins can be missed by a value or two, if those look like their neighbours.
    expect(found.map(({ index }) => Math.round(index / 5) * 5)).toEqual([30, 55, 85]);
    for (const { p } of found) expect(p).toBeLessThanOrEqual(0.05);
  });

  it('is not moved by a single wild value', () => {
    const values = series(seededRandom(2), [40, 100]);
    values[20] = 400;
    expect(changePoints(values, { seed: 1 })).toEqual([]);
  });

  it('sees a change in scatter alone', () => {
    const random = seededRandom(3);
    const values = [
      ...times(60, () => startupNoise(random, 100, 0.005)),
      ...times(60, () => startupNoise(random, 100, 0.1)),
    ];
    const [first] = changePoints(values, { seed: 1 });
    expect(Math.abs((first?.index ?? 0) - 60)).toBeLessThan(8);
  });

  it('finds a change in steady series as seldom as it says', () => {
    const random = seededRandom(4);
    const rounds = 200;
    const alarms = times(
      rounds,
      (seed) => changePoints(series(random, [40, 100]), { seed }).length > 0,
    ).filter(Boolean).length;
    expect(alarms).toBeLessThan(0.05 * rounds + 4 * Math.sqrt(0.05 * 0.95 * rounds));
  });
});
