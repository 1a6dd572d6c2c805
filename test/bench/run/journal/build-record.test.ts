import { describe, expect, it } from 'vitest';
import { buildRecord } from '../../../../bench/run/journal/build-record.ts';
import type { JournalEvent } from '../../../../bench/run/journal/journal.ts';
import { recordSchema, type RecordedHost, type RecordedPlatform } from '../../../../bench/record/schema.ts';
import { loadScenario } from '../../../../scenarios/loader/load.ts';
import { recordedLab } from '../../../fixtures/records/lab.ts';

const host: RecordedHost = {
  cpuModel: 'CPU',
  cpus: 2,
  memoryBytes: 1,
  kernel: '6',
  os: 'Debian',
  virtualization: 'none',
  cgroupVersion: '2',
  swapBytes: 0,
  kvm: { present: false, usable: false, backend: null, reason: 'no /dev/kvm' },
  ksm: 'off',
  thp: 'madvise',
  governor: 'unknown',
  clocksource: 'tsc',
  noise: { loadAverage1: 0, cpuPressureAvg10: null, stealPercent: null },
};
const platform = (id: string): RecordedPlatform => ({
  id,
  runner: 'oci',
  kind: 'container',
  accel: 'none',
  guest: null,
  version: '1',
  network: 'bridge-veth',
  limits: { cpus: 1, memoryBytes: 2 ** 27 },
  options: {},
  payloadDigest: 'sha256:a',
  details: {},
  inside: null,
  skipped: null,
});
const begin: JournalEvent[] = [
  {
    type: 'run',
    id: 'r',
    startedAt: '2026-01-01T00:00:00.000Z',
    tareVersion: '0',
    seed: 1,
    scenario: loadScenario('tiny', { cwd: '/' }),
  },
  { type: 'host', host },
];
const sample = (id: string, block: number, value: number, more: object = {}): JournalEvent => ({
  type: 'sample',
  platform: id,
  measure: 'startup',
  metric: 'startup.ready',
  lens: null,
  condition: {},
  definition: null,
  sample: { value, block, at: '2026-01-01T00:00:01.000Z', ...more },
});
const finish: JournalEvent = { type: 'finish', at: '2026-01-01T00:01:00.000Z', aborted: false };
const platforms: JournalEvent[] = ['process', 'runc'].map((id) => ({
  type: 'platform',
  platform: platform(id),
}));

describe('the record', () => {
  const events = [
    ...begin,
    ...platforms,
    sample('runc', 0, 500, { excluded: 'warm-up block' }),
    sample('process', 0, 300, { excluded: 'warm-up block' }),
    ...[1, 2, 3, 4, 5, 6].flatMap((block) => [
      sample('runc', block, 200 + block),
      sample('process', block, 100 + block),
    ]),
    finish,
  ];

  it('is valid, in the scenario’s order, and summarises what is not excluded', () => {
    const record = recordSchema.parse(buildRecord(events));
    expect(record.run.status).toBe('complete');
    expect(record.results.map((result) => result.platform)).toEqual(['process', 'runc']);
    expect(record.results[1]?.samples).toHaveLength(7);
    expect(record.results[1]?.summary).toMatchObject({
      n: 6,
      median: 203.5,
      min: 201,
      max: 206,
      ciLow: 201,
      ciHigh: 206,
    });
  });

  it('is in virtual milliseconds where a lab has virtual time, in real ones in any other', () => {
    const units = (clock: 'real' | 'virtual'): string[] => {
      const lab = recordedLab(clock, host);
      const record = recordSchema.parse(buildRecord([...events, { type: 'lab', lab }]));
      expect(record.lab?.clock).toBe(clock);
      return record.results.map(({ unit }) => unit);
    };
    expect(units('virtual')).toEqual(['virtual ms', 'virtual ms']);
    expect(units('real')).toEqual(['ms', 'ms']);
  });

  it('compares with the baseline, unless a fairness error stands between them', () => {
    const [comparison] = buildRecord(events).comparisons;
    expect(comparison).toMatchObject({ platform: 'runc', against: 'process', difference: 100 });
    expect(comparison?.ratio).toBeCloseTo(203.5 / 103.5, 12);
    const unfair = { ...platform('runc'), payloadDigest: 'sha256:b' };
    const record = buildRecord([...events, { type: 'platform', platform: unfair }]);
    expect(record.fairness.map((finding) => finding.code)).toEqual(['payload-digest']);
    expect(record.comparisons).toEqual([]);
  });

  it('is partial after a failure, a skip or an interruption, and failed without samples', () => {
    const failure: JournalEvent = {
      type: 'failure',
      failure: {
        platform: 'runc',
        measure: 'startup',
        instance: null,
        block: 1,
        code: 'exited',
        message: '',
        lines: [],
        log: null,
      },
    };
    const skipped = { ...platform('vm'), skipped: { reason: 'no KVM', remedy: '' } };
    const status = (list: JournalEvent[]): string => buildRecord(list).run.status;
    expect(status([...events, failure])).toBe('partial');
    expect(status([...events, { type: 'platform', platform: skipped }])).toBe('partial');
    expect(status([...events, { ...finish, aborted: true }])).toBe('partial');
    expect(status(events.slice(0, -1))).toBe('partial');
    expect(status([...begin, finish])).toBe('failed');
  });

  it('has the commit that it was started at, if there was one', () => {
    const [run, ...rest] = begin;
    expect(buildRecord(events).run).not.toHaveProperty('commit');
    expect(buildRecord([{ ...run, commit: 'abc' } as JournalEvent, ...rest]).run.commit).toBe('abc');
  });

  it('needs the events that every run begins with', () => {
    expect(() => buildRecord([finish])).toThrow(/begin with/);
  });

  it('names the other runs that were there, and says nothing where there were none', () => {
    const other: JournalEvent = {
      type: 'other-run',
      run: 'ab12cd',
      pid: 4711,
      at: '2026-01-01T00:00:02.000Z',
    };
    const record = buildRecord([...begin, { type: 'platform', platform: platform('runc') }, other, finish]);
    expect(recordSchema.parse(record).run.otherRuns).toEqual([
      { id: 'ab12cd', pid: 4711, at: '2026-01-01T00:00:02.000Z' },
    ]);
    expect(record.fairness.map(({ code }) => code)).toContain('other-run');
    expect(buildRecord([...begin, finish]).run).not.toHaveProperty('otherRuns');
  });
});
