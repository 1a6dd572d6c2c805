import { describe, expect, it } from 'vitest';
import { mergeRuns } from '../../../../bench/analysis/fleet/merge.ts';
import { fleetSchema, type FleetRecord } from '../../../../bench/record/fleet.ts';
import type { RunRecord } from '../../../../bench/record/schema.ts';
import { seededRandom, shuffle } from '../../../../bench/statistics/random.ts';
import { hostRunsOf, makeFleet, makeFleetRecords, merged } from '../../../fixtures/fleet/make-fleet.ts';

const strict = { leaveOut: false, unreadable: [], reference: null };
const ready = (fleet: FleetRecord, platform: string, index = 0) =>
  fleet.figures.find((each) => each.class === index && each.platform === platform);

describe('merging records of hosts', () => {
  it('gives the same bytes in any order, under the schema', () => {
    const runs = hostRunsOf(makeFleetRecords({ hosts: 9 }));
    const text = JSON.stringify(mergeRuns(runs, strict));
    for (const seed of [1, 2, 3]) {
      expect(JSON.stringify(mergeRuns(shuffle(runs, seededRandom(seed)), strict))).toBe(text);
    }
    expect(fleetSchema.safeParse(JSON.parse(text)).error).toBeUndefined();
  });

  it('never pools classes: another kernel is a class of its own, the largest class first', () => {
    const fleet = makeFleet({ hosts: 8, machine: (host) => (host < 2 ? { kernel: '6.12.0' } : {}) });
    expect(fleet.classes.map(({ name, hosts, words }) => [name, hosts.length, words])).toEqual([
      ['A', 6, 'kernel 6.1.0-28-amd64'],
      ['B', 2, 'kernel 6.12.0'],
    ]);
    expect(fleet.figures.map((each) => [each.class, each.platform, each.hosts.length])).toEqual([
      [0, 'process', 6],
      [0, 'runc', 6],
      [1, 'process', 2],
      [1, 'runc', 2],
    ]);
  });

  it('does not split a class for what the kernel keeps of the memory', () => {
    const memoryBytes = (host: number): number => (503.1 + host / 10) * 2 ** 30;
    expect(makeFleet({ machine: (host) => ({ memoryBytes: memoryBytes(host) }) }).classes).toHaveLength(1);
  });

  it('takes ratios within a host: hosts of very different speed have one ratio', () => {
    const { ratio, value } = ready(makeFleet({ hosts: 12, slower: (host) => 1 + host }), 'runc') ?? {};
    expect(ratio?.value).toBeCloseTo(2217 / 2104, 1);
    expect((ratio?.ciHigh ?? 0) - (ratio?.ciLow ?? 0)).toBeLessThan(0.1);
    expect(value?.between).toBeGreaterThan(0.5);
    expect(ratio?.between).toBeLessThan(0.05);
  });

  it('counts each host once, however many runs and samples it has', () => {
    const [first, second, ...others] = makeFleetRecords({ hosts: 6, slower: (host) => (host === 0 ? 2 : 1) });
    const again = (record: RunRecord | undefined, id: string): RunRecord[] =>
      record ? [record, { ...record, run: { ...record.run, id } }] : [];
    const one = merged([...again(first, 'x').slice(0, 1), ...again(second, 'x').slice(0, 1), ...others]);
    const two = merged([...again(first, 'another'), ...again(second, 'x').slice(0, 1), ...others]);
    expect(two.runs).toHaveLength(7);
    expect(two.hosts).toHaveLength(6);
    expect(ready(two, 'process')?.value.value).toBeCloseTo(ready(one, 'process')?.value.value ?? 0, 6);
  });

  it('says how the interval was made, and has none for one host', () => {
    const methods = [1, 2, 5, 6].map((hosts) => {
      const { value } = ready(makeFleet({ hosts }), 'runc') ?? {};
      return [value?.method, value?.ciLow === null, value?.coverage === null];
    });
    expect(methods).toEqual([
      ['none', true, true],
      ['t', false, false],
      ['t', false, false],
      ['bootstrap', false, false],
    ]);
  });

  it('leaves a ratio out where a run calls it unfair', () => {
    const [first, ...others] = makeFleetRecords({ hosts: 3 });
    const unfair = {
      level: 'error' as const,
      code: 'cpu-limit',
      platforms: ['process', 'runc'],
      message: '',
      remedy: '',
    };
    const fleet = merged([{ ...(first as RunRecord), fairness: [unfair] }, ...others]);
    expect(ready(fleet, 'runc')?.hosts.map(({ ratio }) => ratio === null)).toEqual([true, false, false]);
  });

  it('loses nothing: partial runs, skipped platforms and failures are the host’s', () => {
    const [first, ...others] = makeFleetRecords({ hosts: 3 });
    const failure = {
      platform: 'runc',
      measure: 'startup',
      instance: null,
      block: 1,
      code: 'not-ready',
      message: '',
      lines: [],
      log: null,
    };
    const partial = { ...(first as RunRecord), failures: [failure, failure] };
    const fleet = merged([{ ...partial, run: { ...partial.run, status: 'partial' } }, ...others]);
    expect(fleet.hosts[0]?.partial).toEqual([0]);
    expect(fleet.hosts[0]?.failures).toEqual([
      { platform: 'runc', measure: 'startup', code: 'not-ready', count: 2 },
    ]);
    expect(ready(fleet, 'runc')?.hosts).toHaveLength(3);
  });

  it('counts the same record once', () => {
    const runs = hostRunsOf(makeFleetRecords({ hosts: 3 }));
    const [first] = runs;
    const fleet = mergeRuns(
      [...runs, { ...(first as (typeof runs)[number]), file: 'copy/run.json' }],
      strict,
    );
    expect(fleet.runs).toHaveLength(3);
    expect(fleet.duplicates).toEqual([{ file: first?.file, of: 'copy/run.json' }]);
  });
});

describe('records that do not belong to one fleet', () => {
  const records = makeFleetRecords({ hosts: 4 }).map((record) => ({
    ...record,
    run: { ...record.run, scenario: { ...record.run.scenario, limits: { cpus: 1 } } },
  }));
  const change = (more: (record: RunRecord) => Partial<RunRecord>): RunRecord[] =>
    records.map((record, index) => (index === 2 ? { ...record, ...more(record) } : record));

  it.each([
    [
      'payload',
      change(({ workload }) => ({ workload: { ...workload, payloadDigest: 'sha256:other' } })),
      /payload is sha256:other/,
    ],
    [
      'scenario',
      change(({ run }) => ({ run: { ...run, scenario: { ...run.scenario, name: 'nginx' } } })),
      /scenario is nginx, .* tomcat/,
    ],
    [
      'setting',
      change(({ run }) => ({ run: { ...run, scenario: { ...run.scenario, limits: { cpus: 2 } } } })),
      /limits\.cpus is 2/,
    ],
    [
      'baseline',
      change(({ run }) => ({ run: { ...run, scenario: { ...run.scenario, baseline: 'runc' } } })),
      /baseline is runc/,
    ],
  ])('refuses another %s with the name of its file', (_what, list, reason) => {
    expect(() => merged(list)).toThrow(reason);
    expect(() => merged(list)).toThrow(/node0002\/20260115-093000-tomcat\/run\.json/);
    const { hosts, leftOut } = mergeRuns(hostRunsOf(list), { ...strict, leaveOut: true });
    expect(hosts.map(({ name }) => name)).not.toContain('node0002');
    expect(leftOut).toEqual([
      { file: 'node0002/20260115-093000-tomcat/run.json', reason: expect.stringMatching(reason) as string },
    ]);
  });

  it('does not mind paths, gates and the number of samples', () => {
    const scenario = { file: '/elsewhere', gates: [], measures: { startup: { samples: 3 } } };
    const list = change(({ run }) => ({ run: { ...run, scenario: { ...run.scenario, ...scenario } } }));
    expect(merged(list).hosts).toHaveLength(4);
  });

  it('refuses what cannot be read', () => {
    const unreadable = [{ file: 'x/run.json', reason: 'it has schemaVersion 2' }];
    expect(() => mergeRuns(hostRunsOf(records), { ...strict, unreadable })).toThrow(
      /x\/run\.json: it has schemaVersion 2/,
    );
  });
});
