import { describe, expect, it } from 'vitest';
import {
  hostName,
  makeFleet,
  makeFleetRecords,
  merged,
  type FleetShape,
} from '../../../fixtures/fleet/make-fleet.ts';
import { processShape, runcShape } from '../../../fixtures/records/make-record.ts';
import { oddP, oddValues } from '../../../../bench/statistics/odd-values.ts';
import { withValues } from '../../../fixtures/records/other-run.ts';
import { oddRates } from '../../../support/fleet/cluster-trials.ts';

const oddNames = (shape: Partial<FleetShape>): string[] => {
  const fleet = makeFleet(shape);
  return fleet.classes.flatMap(({ odd }) => odd.map(({ host }) => fleet.hosts[host]?.name ?? ''));
};

describe('odd hosts', () => {
  it('names a host that is 12 % slower, and says which way and by how much', () => {
    const fleet = makeFleet({ hosts: 20, slower: (host) => (host === 13 ? 1.12 : 1) });
    const [odd, ...others] = fleet.classes[0]?.odd ?? [];
    expect(others).toEqual([]);
    expect(fleet.hosts[odd?.host ?? -1]?.name).toBe(hostName(13));
    expect(odd).toMatchObject({ platform: null, direction: 'worse', metric: 'startup.ready' });
    expect(odd?.ratio).toBeGreaterThan(1.07);
    expect(odd?.ratio).toBeLessThan(1.17);
  });

  it('finds several that would hide each other from a test for one', () => {
    expect(oddNames({ hosts: 24, slower: (host) => (host % 8 === 3 ? 1.25 : 1) }).sort()).toEqual(
      [3, 11, 19].map(hostName),
    );
  });

  it('says what odd hosts have in common, and most others lack', () => {
    const { classes } = makeFleet({
      hosts: 24,
      slower: (host) => (host === 3 || host === 11 ? 1.3 : 1),
      machine: (host) => (host === 3 || host === 11 ? { governor: 'powersave', labels: { rack: 'r9' } } : {}),
    });
    expect(classes[0]?.common).toEqual([
      { fact: 'governor', value: 'powersave', odd: 2, others: 0 },
      { fact: 'rack', value: 'r9', odd: 2, others: 0 },
    ]);
  });

  it('names the platform where only one of them is odd', () => {
    const platforms = ['process', 'a', 'b'].map((id) => ({
      ...(id === 'process' ? processShape : runcShape),
      id,
    }));
    const records = makeFleetRecords({ hosts: 20, platforms }).map((record, host) => ({
      ...record,
      results: record.results.map((result) =>
        host === 4 && result.platform === 'b'
          ? withValues(
              result,
              result.samples.map(({ value }) => value * 1.5),
            )
          : result,
      ),
    }));
    const { classes } = merged(records);
    expect(classes[0]?.odd.map(({ host, platform }) => [host, platform])).toEqual([[4, 'b']]);
  });

  it('calls no host odd where fewer than six say what is usual', () => {
    expect(oddNames({ hosts: 5, slower: (host) => (host === 1 ? 3 : 1) })).toEqual([]);
    expect(oddNames({ hosts: 6, slower: (host) => (host === 1 ? 3 : 1) })).toEqual([hostName(1)]);
  });

  it('names one of six that is plainly slower than its own samples explain', () => {
    const shape = { hosts: 6, samples: 10, between: 0, within: 0.05, noise: 'normal' } as const;
    const { found } = oddRates(shape, 0.12, 100, 9);
    expect(found).toBeGreaterThan(0.85);
    expect(oddRates(shape, 0, 200, 10).wrong).toBeLessThanOrEqual(0.096);
  });

  it('names none that its own samples cannot explain, but that is not far out among hosts that differ', () => {
    const values = [-0.05, -0.03, -0.01, 0.01, 0.03, 0.06];
    const found = oddValues(values, { sd: 0.001, freedom: 54 });
    expect(found[0]?.pEqual).toBeLessThan(1e-9);
    expect(found.map((each) => oddP(each))).toEqual([null]);
    // The same distance from five that agree.
    const close = oddValues([-0.011, -0.01, 0, 0.01, 0.011, 0.06], { sd: 0.001, freedom: 54 });
    expect(close.map((each) => oddP(each))).toEqual([expect.closeTo(0, 9)]);
  });

  it('names none among equal hosts beyond the stated rate, of whole fleets with several platforms', () => {
    const trials = 40;
    const wrong = Array.from({ length: trials }, (_, seed) =>
      oddNames({ hosts: 12, between: 0, seed: 1000 + seed }),
    ).filter((names) => names.length > 0).length;
    // 5 % of 40, and three standard errors.
    expect(wrong).toBeLessThanOrEqual(6);
  });

  it.each(['normal', 'heavy tails'] as const)('keeps the rate with noise: %s', (noise) => {
    const shape = { hosts: 20, samples: 10, between: 0, within: 0.05, noise };
    expect(oddRates(shape, 0, 200, 5).wrong).toBeLessThanOrEqual(0.096);
    expect(oddRates(shape, 0.12, 50, 6).found).toBeGreaterThan(0.85);
  });
});
