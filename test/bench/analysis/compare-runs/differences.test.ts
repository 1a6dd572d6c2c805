import { describe, expect, it } from 'vitest';
import { differencesBetween } from '../../../../bench/analysis/compare-runs/differences.ts';
import type { RunRecord } from '../../../../bench/record/schema.ts';
import { makeRecord } from '../../../fixtures/records/make-record.ts';

const record = makeRecord();
const withRunc = (change: Partial<RunRecord['platforms'][number]>): RunRecord => ({
  ...record,
  platforms: record.platforms.map((platform) =>
    platform.id === 'runc' ? { ...platform, ...change } : platform,
  ),
});
const withHost = (change: Partial<RunRecord['host']>): RunRecord => ({
  ...record,
  host: { ...record.host, ...change },
});
const withPageCache = (pageCache: string): RunRecord => ({
  ...record,
  run: { ...record.run, scenario: { ...record.run.scenario, measures: { startup: { pageCache } } } },
});

const withIdleCpus = (idleCpus: 'poll' | 'as-is'): RunRecord => ({
  ...record,
  run: { ...record.run, harness: { ...record.run.harness, idleCpus } },
});

describe('differences between runs', () => {
  it('are none between equal conditions', () => {
    expect(differencesBetween(record, structuredClone(record))).toEqual([]);
  });

  it.each([
    ['CPU model', record, withHost({ cpuModel: 'other' }), null],
    ['number of CPUs', record, withHost({ cpus: 64 }), null],
    ['kernel', record, withHost({ kernel: '6.12.1' }), null],
    ['workload', record, { ...record, workload: { ...record.workload, name: 'tiny' } }, null],
    ['page-cache state', withPageCache('warm'), withPageCache('cold'), null],
    ['idle CPUs', withIdleCpus('poll'), withIdleCpus('as-is'), null],
    ['accelerator', record, withRunc({ accel: 'kvm' }), 'runc'],
    ['payload digest', record, withRunc({ payloadDigest: 'sha256:0' }), 'runc'],
    ['memory limit', record, withRunc({ limits: { cpus: 1, memoryBytes: 2 ** 30 } }), 'runc'],
    ['CPU limit', record, withRunc({ limits: { cpus: 2, memoryBytes: 512 * 2 ** 20 } }), 'runc'],
  ])('another %s is an obstacle', (what, reference, run, platform) => {
    expect(differencesBetween(reference, run)).toMatchObject([{ level: 'obstacle', what, platform }]);
  });

  it.each([
    ['version', withRunc({ version: 'runc 1.2.0' }), 'runc 1.2.0'],
    ['CPU set', withRunc({ details: { cpuset: '0-3' } }), '0-3'],
    ['version of tare', { ...record, run: { ...record.run, tareVersion: '0.2.0' } }, '0.2.0'],
    ['clock source', withHost({ clocksource: 'tsc' }), 'tsc'],
  ])('another %s is a note', (what, run, found) => {
    expect(differencesBetween(record, run)).toMatchObject([{ level: 'note', what, run: found }]);
  });

  it('does not take an unknown for a difference, nor a skipped platform', () => {
    expect(differencesBetween(record, withPageCache('cold'))).toEqual([]);
    expect(differencesBetween(record, withIdleCpus('as-is'))).toEqual([]);
    const skipped = withRunc({ accel: 'kvm', skipped: { reason: 'no runc', remedy: 'install it' } });
    expect(differencesBetween(record, skipped)).toEqual([]);
  });
});
