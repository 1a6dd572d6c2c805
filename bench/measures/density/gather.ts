/** The record's density entries from the journal: one per platform that began, in the order of the scenario. */
import { extrapolationsOf, slopesOf } from './slope.ts';
import type { RecordedDensity } from '../../record/density.ts';
import type { JournalEvent, ObservedFigure } from '../../run/journal/journal.ts';

type EventOf<T extends JournalEvent['type']> = Extract<JournalEvent, { type: T }>;

/** @param order ids of the scenario's platforms */
export function gatherDensity(events: readonly JournalEvent[], order: readonly string[]): RecordedDensity[] {
  return order.flatMap((platform) => {
    const own = events.filter((event) => 'platform' in event && event.platform === platform);
    const from = own.findLastIndex((event) => event.type === 'density-begin');
    const first = own[from];
    if (first?.type !== 'density-begin') return [];
    const since = own.slice(from);
    const curve = allOf(since, 'density-point').map((event) => event.point);
    const end = allOf(since, 'density-end').at(-1)?.end;
    const minimum = allOf(since, 'density-memory').at(-1)?.minimum;
    const found = end ?? {
      conditions: first.begin.conditions,
      instances: null,
      limit: null,
      held: null,
      starts: curve.at(-1)?.starts ?? 0,
      rounds: curve.length,
    };
    return [
      {
        platform,
        ...first.begin,
        ...found,
        curve,
        slope: slopesOf(curve),
        extrapolation: extrapolationsOf({ ...first.begin, ...found, curve }),
        minimumMemory: minimum ?? null,
      },
    ];
  });
}

/** The figures of density: how many instances were held, and the smallest memory. */
export function densityFigures(events: readonly JournalEvent[]): ObservedFigure[] {
  const budgets = new Map<string, RecordedDensity['budget']>();
  return events.flatMap((event) => {
    if (event.type === 'density-begin') budgets.set(event.platform, event.begin.budget);
    if (event.type !== 'density-end' && event.type !== 'density-memory') return [];
    const budget = budgets.get(event.platform);
    const isEnd = event.type === 'density-end';
    const value = isEnd ? event.end.instances : event.minimum.bytes;
    if (value === null || !budget) return [];
    return [
      {
        platform: event.platform,
        measure: 'density',
        metric: isEnd ? 'density.instances' : 'density.minimumMemory',
        lens: null,
        condition: isEnd ? { budget: `${budget.memoryBytes / 2 ** 20} MiB, ${budget.cpus} CPUs` } : {},
        definition: null,
        sample: { value, block: 1, at: event.at },
      },
    ];
  });
}

function allOf<T extends JournalEvent['type']>(events: readonly JournalEvent[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}
