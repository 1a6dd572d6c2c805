import { describe, expect, it } from 'vitest';
import { densitySchema, type DensityPoint } from '../../../../bench/record/density.ts';
import { gatherDensity } from '../../../../bench/measures/density/gather.ts';
import type { JournalEvent } from '../../../../bench/run/journal/journal.ts';

const load = {
  durationMs: 1000,
  offered: 2,
  ok: 2,
  errors: 0,
  p50Ms: 1,
  p90Ms: 1,
  p99Ms: 1,
  maxMs: 1,
  sendLagMaxMs: 0,
};
const point = (n: number): DensityPoint => ({
  n,
  at: n * 1000,
  starts: n,
  good: true,
  memory: { pss: n * 1e6 },
  pressure: null,
  cpuPercent: 1,
  load,
  worst: null,
  startup: { instances: 1, medianMs: 10, maxMs: 10 },
});
const begin = (platform: string): JournalEvent => ({
  type: 'density-begin',
  platform,
  at: '2026-01-01T00:00:00.000Z',
  begin: {
    budget: { memoryBytes: 2 ** 30, cpus: 2, diskBytes: null },
    way: 'ramp',
    conditions: { ksm: 'off' },
  },
});
const step = (platform: string, n: number): JournalEvent => ({
  type: 'density-point',
  platform,
  point: point(n),
});

describe('density in the record', () => {
  it('of a killed run has every round so far and no figure', () => {
    const [entry, ...others] = gatherDensity([begin('runc'), step('runc', 1), step('runc', 2)], ['runc']);
    expect(others).toEqual([]);
    expect(densitySchema.parse(entry)).toEqual(entry);
    expect(entry).toMatchObject({ platform: 'runc', instances: null, limit: null, starts: 2, rounds: 2 });
    expect(entry?.curve.map(({ n }) => n)).toEqual([1, 2]);
  });

  it('of a resumed run counts from the latest begin alone, and keeps the order of the scenario', () => {
    const end: JournalEvent = {
      type: 'density-end',
      platform: 'runc',
      at: '2026-01-01T00:01:00.000Z',
      end: {
        conditions: { ksm: 'on, settled' },
        instances: 1,
        limit: null,
        held: null,
        starts: 2,
        rounds: 2,
      },
    };
    const events = [begin('vm'), begin('runc'), step('runc', 5), begin('runc'), step('runc', 1), end];
    const entries = gatherDensity(events, ['runc', 'vm']);
    expect(entries.map(({ platform }) => platform)).toEqual(['runc', 'vm']);
    expect(entries[0]).toMatchObject({ instances: 1, starts: 2, curve: [{ n: 1 }] });
    expect(entries[0]?.conditions).toEqual({ ksm: 'on, settled' });
    expect(entries[1]?.conditions).toEqual({ ksm: 'off' });
  });

  it('draws a line through the steps', () => {
    const events = [begin('runc'), ...[1, 2, 3].map((n) => step('runc', n))];
    const [entry] = gatherDensity(events, ['runc']);
    expect(entry?.slope).toMatchObject([{ lens: 'pss', bytesPerInstance: 1e6, points: 3 }]);
    expect(densitySchema.parse(entry)).toEqual(entry);
  });

  it('has no entry for a platform that never began', () => {
    expect(gatherDensity([], ['runc'])).toEqual([]);
  });
});
