import { describe, expect, it } from 'vitest';
import { neighborFigures, type NeighborPair } from '../../../../bench/measures/neighbor/pair.ts';
import type { JournalEvent } from '../../../../bench/run/journal/journal.ts';

const at = '2026-11-28T00:00:00.000Z';

function pair(platform: string, change: Partial<NeighborPair> = {}): JournalEvent {
  const calm = { offered: 100, ok: 100, p99Ms: 2 };
  return {
    ...{ type: 'neighbor-pair', platform, at },
    pair: {
      ...{ aggressor: 'cpu', limits: 'off', number: 1, rps: 100, work: 1000 },
      ...{ victimDied: false, aggressorDied: false },
      alone: calm,
      beside: { ...calm, p99Ms: 6 },
      ...change,
    },
  };
}

const platform = (id: string, kind: 'process' | 'container'): JournalEvent =>
  ({ type: 'platform', platform: { id, kind } }) as JournalEvent;

function figure(
  events: JournalEvent[],
  id: string,
  metric: string,
): { value: number; excluded?: string | undefined }[] {
  return neighborFigures(events)
    .filter((each) => each.platform === id && each.metric === metric)
    .map(({ sample }) => sample);
}

describe('a pair of windows', () => {
  it('is a ratio of latencies, with its aggressor and its limits as condition', () => {
    const [first] = neighborFigures([pair('runc')]);
    expect(first).toMatchObject({
      metric: 'neighbor.latency.p99',
      condition: { aggressor: 'cpu', limits: 'off' },
      sample: { value: 3, block: 1 },
    });
  });

  it('tells requests that were not answered as throughput that is lost and as errors', () => {
    const events = [pair('runc', { beside: { offered: 100, ok: 25, p99Ms: 10_000 } })];
    expect(figure(events, 'runc', 'neighbor.throughput')).toMatchObject([{ value: 0.25 }]);
    expect(figure(events, 'runc', 'neighbor.errors')).toMatchObject([{ value: 0.75 }]);
  });

  it('has no ratios where not even the window alone had an answer', () => {
    const events = [pair('runc', { alone: { offered: 100, ok: 0, p99Ms: 10_000 } })];
    expect(figure(events, 'runc', 'neighbor.throughput')).toEqual([]);
    expect(figure(events, 'runc', 'neighbor.latency.p99')).toEqual([]);
  });
});

describe('an aggressor that does less than half of what it does on the bare process', () => {
  const on = (work: number | null): JournalEvent[] => [
    ...[platform('process', 'process'), platform('runc', 'container')],
    ...[pair('runc', { work }), pair('process')],
  ];

  it('has not pushed, so that its windows are excluded, whichever platform came first', () => {
    expect(figure(on(499), 'runc', 'neighbor.latency.p99')).toMatchObject([
      { value: 3, excluded: 'not exerted: the aggressor did 50 % of what it does on a bare process' },
    ]);
    expect(figure(on(null), 'runc', 'neighbor.throughput')[0]?.excluded).toContain('did not tell its work');
  });

  it('has pushed with half of it, and on the process itself always', () => {
    expect(figure(on(500), 'runc', 'neighbor.latency.p99')[0]).not.toHaveProperty('excluded');
    expect(figure(on(1), 'process', 'neighbor.latency.p99')[0]).not.toHaveProperty('excluded');
  });

  it('keeps the figures that say what it did', () => {
    expect(figure(on(1), 'runc', 'neighbor.work')[0]).not.toHaveProperty('excluded');
  });

  it('is held against the same aggressor under the same limits', () => {
    const events = [
      platform('process', 'process'),
      pair('process', { limits: 'on' }),
      pair('runc', { work: 1 }),
    ];
    expect(figure(events, 'runc', 'neighbor.latency.p99')[0]).not.toHaveProperty('excluded');
  });
});
