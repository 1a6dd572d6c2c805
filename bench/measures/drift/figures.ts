/** What the drift in a journal yields: figures, and the lists of the record. Pure. */
import { driftClasses } from '../../../scenarios/measures/drift.ts';
import type { RecordedDrift } from '../../record/drift.ts';
import type { JournalEvent, ObservedFigure } from '../../run/journal/journal.ts';

/** A list with the sums over all of its files, also those that it leaves out. */
export interface TakenDrift extends Omit<RecordedDrift, 'platform' | 'block'> {
  counts: Record<'added' | 'changed' | 'deleted', number>;
  classes: Record<string, number>;
  bytes: number;
  allocated: number;
}

export function driftFigures(events: readonly JournalEvent[]): ObservedFigure[] {
  return events.flatMap((event) => {
    if (event.type !== 'drift') return [];
    const { platform, block, at, lists } = event;
    return lists.flatMap((list) => {
      const condition = { after: list.after };
      const figure = (metric: string, value: number, lens: string | null = null): ObservedFigure => ({
        ...{ platform, measure: 'drift', metric, lens, condition, definition: null },
        sample: { value, block, at },
      });
      const { added, changed, deleted } = list.counts;
      const count = added + changed + deleted;
      if (list.against !== null) return [figure('drift.between', count)];
      return [
        figure('drift.files', count),
        figure('drift.added', added),
        figure('drift.changed', changed),
        figure('drift.deleted', deleted),
        ...driftClasses.map((name) => figure('drift.class', list.classes[name] ?? 0, name)),
        figure('drift.bytes', list.bytes),
        figure('drift.allocated', list.allocated),
      ];
    });
  });
}

/** The lists of every platform in the order of the scenario; without drift nothing, since older records have none. */
export function gatherDrift(
  events: readonly JournalEvent[],
  order: readonly string[],
): { drift?: RecordedDrift[] } {
  const drift = order.flatMap((id) =>
    events.flatMap((event) => {
      if (event.type !== 'drift' || event.platform !== id) return [];
      return event.lists.map(({ after, instance, against, files, omitted }): RecordedDrift => ({
        ...{ platform: id, block: event.block, after, instance, against, files, omitted },
      }));
    }),
  );
  return drift.length === 0 ? {} : { drift };
}
