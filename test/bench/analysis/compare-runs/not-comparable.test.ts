import { describe, expect, it } from 'vitest';
import { recordOf, referenceOf } from '../../../../bench/store/reference.ts';
import { compareRuns } from '../../../../bench/analysis/compare-runs/compare-runs.ts';
import type { RunRecord } from '../../../../bench/record/schema.ts';
import { makeRecord } from '../../../fixtures/records/make-record.ts';
import { otherRun } from '../../../fixtures/records/other-run.ts';

const everything = { platforms: [], measures: [], force: false };
const record = makeRecord();
const slower = otherRun(record, { factor: ({ metric }) => (metric === 'startup.ready' ? 1.12 : 1) });

describe('what is not comparable', () => {
  const otherMachine: RunRecord = {
    ...slower,
    host: { ...slower.host, kernel: '6.12.1', cpuModel: 'Another' },
  };
  const otherAccel: RunRecord = {
    ...slower,
    platforms: slower.platforms.map((platform) =>
      platform.id === 'vm' ? { ...platform, accel: 'kvm' } : platform,
    ),
  };

  it('is refused with every obstacle between the runs', () => {
    expect(() => compareRuns(record, [otherMachine], everything)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringMatching(
          /cannot be compared with[^]*CPU model: Intel.* in the reference, Another in the run\n {2}kernel: 6\.1\.0-28-amd64 .*6\.12\.1[^]*--force/,
        ) as string,
      }),
    );
  });

  it('is refused between real and virtual time, also from a reference file', () => {
    const { host } = record;
    const lab = {
      accel: 'tcg',
      clock: 'virtual',
      cpus: 1,
      memoryBytes: 1,
      vmm: '7',
      digest: '',
      outside: host,
    } as const;
    const virtual: RunRecord = { ...slower, lab };
    const file = recordOf(referenceOf(virtual, new Set(), null));
    for (const reference of [virtual, file]) {
      expect(() => compareRuns(reference, [record], everything)).toThrow(
        'clock: virtual time in the reference, real time in the run',
      );
    }
    expect(compareRuns(file, [{ ...record, lab }], everything).pairs).toHaveLength(1);
  });

  it('is refused where idle CPUs did something else, also from a reference file', () => {
    const idle = (from: RunRecord, idleCpus: 'poll' | 'as-is'): RunRecord => ({
      ...from,
      run: { ...from.run, harness: { ...from.run.harness, idleCpus } },
    });
    const file = recordOf(referenceOf(idle(record, 'poll'), new Set(), null));
    expect(() => compareRuns(file, [idle(slower, 'as-is')], everything)).toThrow(
      'idle CPUs: poll in the reference, as-is in the run',
    );
    expect(compareRuns(file, [idle(slower, 'poll')], everything).pairs).toHaveLength(1);
  });

  it('is compared by force, which shows', () => {
    const comparison = compareRuns(record, [otherMachine], { ...everything, force: true });
    expect(comparison.forced).toBe(true);
    expect(comparison.pairs[0]?.differences.map(({ what }) => what)).toEqual(['CPU model', 'kernel']);
    expect(compareRuns(record, [slower], { ...everything, force: true }).forced).toBe(false);
  });

  it('is left out where it concerns one platform', () => {
    const [pair] = compareRuns(record, [otherAccel], everything).pairs;
    expect(new Set(pair?.figures.map(({ platform }) => platform))).toEqual(new Set(['process', 'runc']));
    expect(pair?.differences).toMatchObject([{ level: 'obstacle', platform: 'vm', what: 'accelerator' }]);
    const [forced] = compareRuns(record, [otherAccel], { ...everything, force: true }).pairs;
    expect(forced?.figures.some(({ platform }) => platform === 'vm')).toBe(true);
  });

  it('is what an A/B is about: what its variants differ by is only said', () => {
    const variant = (run: RunRecord, ab: string, name: string): RunRecord => ({
      ...run,
      run: { ...run.run, variant: { ab, name } },
    });
    const [a, b] = [variant(record, 'x', 'a'), variant(otherAccel, 'x', 'b')];
    const comparison = compareRuns(a, [b], everything);
    expect(comparison).toMatchObject({ forced: false, pairs: [{ alternated: true }] });
    expect(comparison.pairs[0]?.differences).toMatchObject([{ level: 'note', what: 'accelerator' }]);
    expect(comparison.pairs[0]?.figures.some(({ platform }) => platform === 'vm')).toBe(true);
    for (const other of [variant(otherAccel, 'y', 'b'), variant(otherAccel, 'x', 'a'), otherAccel]) {
      const [pair] = compareRuns(a, [other], everything).pairs;
      expect(pair).toMatchObject({ alternated: false, differences: [{ level: 'obstacle' }] });
    }
  });

  it('is refused where it leaves nothing', () => {
    const onlyVm = { ...everything, platforms: ['vm'] };
    expect(() => compareRuns(record, [otherAccel], onlyVm)).toThrow(
      /vm: accelerator: tcg in the reference, kvm/,
    );
    const empty = { ...slower, results: [] };
    expect(() => compareRuns(record, [empty], everything)).toThrow(
      /no figure in common\n {2}process: startup\.ready/,
    );
    expect(() => compareRuns(record, [structuredClone(record)], everything)).toThrow(
      /is the reference itself/,
    );
  });
});
