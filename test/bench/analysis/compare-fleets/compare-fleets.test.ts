import { describe, expect, it } from 'vitest';
import { compareFleets } from '../../../../bench/analysis/compare-fleets/compare-fleets.ts';
import {
  fleetComparisonSchema,
  type ChangedFigure,
  type FleetComparison,
} from '../../../../bench/record/fleet-comparison.ts';
import type { FleetRecord } from '../../../../bench/record/fleet.ts';
import { beforeAndAfter, hostName, makeFleet, type FleetShape } from '../../../fixtures/fleet/make-fleet.ts';

const everything: Parameters<typeof compareFleets>[2] = { platforms: [], measures: [], force: false };
const compared = (
  [reference, fleet]: readonly [FleetRecord, FleetRecord],
  filter = everything,
): FleetComparison =>
  compareFleets({ name: 'before', record: reference }, { name: 'after', record: fleet }, filter);
const rollOut = (shape: Partial<FleetShape> = {}): FleetComparison => compared(beforeAndAfter(shape));
const newKernel = { kernel: '6.12.0' };
const of = ({ figures }: FleetComparison, platform: string, group = 0): ChangedFigure | undefined =>
  figures.find((each) => each.group === group && each.platform === platform);

describe('comparing two fleets', () => {
  it('pairs hosts by name, though their class changed with the kernel, and says what changed in it', () => {
    const comparison = rollOut({ machine: () => newKernel });
    expect(comparison.groups).toMatchObject([
      {
        reference: 'A',
        fleet: 'A',
        changed: [{ fact: 'kernel', reference: '6.1.0-28-amd64', fleet: '6.12.0' }],
      },
    ]);
    expect(comparison.hosts).toHaveLength(12);
    expect(fleetComparisonSchema.safeParse(JSON.parse(JSON.stringify(comparison))).error).toBeUndefined();
  });

  it('finds a change that hosts have in common, however much they differ from each other', () => {
    const speeds = (host: number): number => 1 + host;
    const [reference, fleet] = beforeAndAfter({ slower: (host) => 1.1 * speeds(host) }, { slower: speeds });
    const change = of(compared([reference, fleet]), 'runc')?.change;
    expect(change?.verdict).toBe('worse');
    expect(change?.value).toBeCloseTo(1.1, 1);
    expect(change?.ciLow).toBeGreaterThan(1.05);
    expect(change?.ciHigh).toBeLessThan(1.15);
  });

  it('tells a slower machine from a platform that costs more', () => {
    const figure = of(rollOut({ slower: () => 1.2 }), 'runc');
    expect(figure?.change.verdict).toBe('worse');
    expect(figure?.overBaseline?.verdict).toBe('none-seen');
    expect(figure?.overBaseline?.value).toBeCloseTo(1, 1);
  });

  it('sees no change between measurements of the same hosts, and says what remains possible', () => {
    const change = of(rollOut(), 'runc')?.change;
    expect(change?.verdict).toBe('none-seen');
    expect(change?.ciLow).toBeLessThan(1);
    expect(change?.ciHigh).toBeGreaterThan(1);
  });

  it('keeps hosts whose class did not change in a group of their own', () => {
    const comparison = rollOut({
      machine: (host) => (host < 8 ? newKernel : {}),
      slower: (host) => (host < 8 ? 1.2 : 1),
    });
    expect(comparison.groups.map(({ hosts, changed }) => [hosts.length, changed.length])).toEqual([
      [8, 1],
      [4, 0],
    ]);
    expect(of(comparison, 'process', 0)?.change.verdict).toBe('worse');
    expect(of(comparison, 'process', 1)?.change.verdict).toBe('none-seen');
    // In the order of their groups, and each host once.
    expect(comparison.groups.flatMap(({ hosts }) => hosts)).toEqual([...comparison.hosts.keys()]);
  });

  it('says what changed beside the class, and on how many hosts', () => {
    const governor = (host: number): string => (host === 2 ? 'powersave' : 'performance');
    const { groups } = compared(
      beforeAndAfter(
        { machine: (host) => ({ governor: governor(host) }) },
        { machine: () => ({ governor: 'performance' }) },
      ),
    );
    expect(groups[0]?.beside).toEqual([
      { fact: 'governor', reference: 'performance', fleet: 'powersave', hosts: 1 },
    ]);
  });

  it('names the host that changed otherwise than the others', () => {
    const { groups, hosts } = rollOut({ slower: (host) => (host === 5 ? 1.5 : 1.1) });
    expect(groups[0]?.odd.map((odd) => [hosts[odd.host], odd.direction])).toEqual([[hostName(5), 'worse']]);
    expect(groups[0]?.odd[0]?.ratio).toBeGreaterThan(1.25);
    expect(rollOut({ slower: () => 1.1 }).groups[0]?.odd).toEqual([]);
  });

  it('has no verdict from one host', () => {
    const change = of(compared(beforeAndAfter({ hosts: 1, slower: () => 2 }, { hosts: 1 })), 'runc')?.change;
    expect(change).toMatchObject({ verdict: 'too-few', ciLow: null, test: null });
    expect(change?.value).toBeCloseTo(2, 0);
  });

  it('needs no test where a figure without chance changed alike on every host', () => {
    const exact = (fleet: FleetRecord, factor: number): FleetRecord => ({
      ...fleet,
      figures: fleet.figures.map((figure) => ({
        ...figure,
        isExact: true as const,
        hosts: figure.hosts.map((host) => ({ ...host, median: 1024 * factor, ratio: 1 })),
      })),
    });
    const [reference, fleet] = beforeAndAfter();
    const changed = of(compared([exact(reference, 1), exact(fleet, 2)]), 'runc')?.change;
    expect(changed).toMatchObject({ value: 2, ciLow: 2, ciHigh: 2, test: null, verdict: 'worse' });
    const same = of(compared([exact(reference, 1), exact(fleet, 1)]), 'runc')?.change;
    expect(same).toMatchObject({ value: 1, verdict: 'same' });
  });

  it('lists hosts that cannot be compared with themselves, each with the reason', () => {
    const [reference] = beforeAndAfter();
    const fleet = makeFleet({ hosts: 14, seed: 9 });
    const twice = {
      ...fleet,
      hosts: fleet.hosts.map((host, index) => (index === 13 ? { ...host, name: hostName(0) } : host)),
    };
    const { unpaired, hosts } = compared([reference, twice]);
    expect(hosts).toHaveLength(11);
    expect(unpaired).toEqual([
      { host: hostName(0), reason: expect.stringContaining('in 2 classes of the fleet') as string },
      { host: hostName(12), reason: 'not in the reference' },
    ]);
  });

  it('lists what the hosts have in one of the fleets only', () => {
    const [reference, fleet] = beforeAndAfter();
    const without = (record: FleetRecord, platform: string): FleetRecord => ({
      ...record,
      figures: record.figures.filter((each) => each.platform !== platform),
    });
    expect(compared([reference, without(fleet, 'runc')]).missing).toEqual([
      { group: 0, platform: 'runc', metric: null, condition: {}, missingIn: 'fleet' },
    ]);
    expect(compared([without(reference, 'runc'), fleet]).missing).toEqual([
      { group: 0, platform: 'runc', metric: null, condition: {}, missingIn: 'reference' },
    ]);
  });

  it('compares only what is asked for', () => {
    const both = beforeAndAfter();
    const only = compared(both, { ...everything, platforms: ['runc'] });
    expect(only.figures.map(({ platform }) => platform)).toEqual(['runc']);
    expect(compared(both, { ...everything, measures: ['startup'] }).figures).toHaveLength(2);
    expect(() => compared(both, { ...everything, measures: ['memory'] })).toThrow(/no figure in common/);
  });

  it('adjusts for the number of figures that are compared', () => {
    const comparison = rollOut({ slower: () => 1.1 });
    expect(comparison.families).toEqual({ change: 2, overBaseline: 1 });
    for (const { change } of comparison.figures) {
      expect(change.test?.pAdjusted).toBeGreaterThanOrEqual(change.test?.p ?? 1);
    }
  });
});

describe('fleets that cannot be compared', () => {
  const [reference, fleet] = beforeAndAfter();

  it('are refused if their payloads differ, unless forced', () => {
    const other = { ...fleet, workload: { ...fleet.workload, payloadDigest: 'sha256:other' } };
    expect(() => compared([reference, other])).toThrow(/after cannot be .* before:\n {2}payload digest: /);
    const forced = compared([reference, other], { ...everything, force: true });
    expect(forced.forced).toBe(true);
    expect(forced.differences.map(({ level, what }) => [level, what])).toEqual([
      ['obstacle', 'payload digest'],
    ]);
  });

  it('are refused if no host is in both, with the names of both sides', () => {
    const renamed = {
      ...fleet,
      hosts: fleet.hosts.map((host) => ({ ...host, name: `new-${host.name}` })),
    };
    expect(() => compared([reference, renamed])).toThrow(
      /before: node0000, .* and 7 more\n {2}after: new-node0000, [^]*TARE_HOST_NAME/,
    );
  });

  it('are refused if they are the same runs', () => {
    expect(() => compared([reference, reference])).toThrow(/the same runs as the reference before/);
  });
});
