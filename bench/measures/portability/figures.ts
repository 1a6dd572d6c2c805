/** What the moves in a journal yield: pure. */
import type { JournalEvent, ObservedFigure } from '../../run/journal/journal.ts';

/** An image in one form, and what became of it. */
export interface Moved {
  format: string;
  /** Null: a container has none of its own. */
  hardware: string | null;
  /** Of the conversion, or of the unpacking. */
  durationMs: number;
  /** Null: not known. */
  cpuMs: number | null;
  bytes: number;
  isEqual: boolean;
  /** Null: it did not become ready. */
  readyMs: number | null;
}

export function portabilityFigures(events: readonly JournalEvent[]): ObservedFigure[] {
  return events.flatMap((event) => {
    if (event.type !== 'portability') return [];
    const { platform, at, moved } = event;
    const figure = (
      metric: string,
      condition: Record<string, string>,
      value: number | null,
    ): ObservedFigure[] =>
      value === null
        ? []
        : [
            {
              ...{ platform, measure: 'portability', metric, lens: null, condition, definition: null },
              sample: { value, block: 1, at },
            },
          ];
    return moved.flatMap((each, index) => {
      const { format, hardware, durationMs, cpuMs, bytes, isEqual, readyMs } = each;
      const form = { format, ...(hardware === null ? {} : { hardware }) };
      const boots = [
        ...figure('portability.boots', form, readyMs === null ? 0 : 1),
        ...figure('portability.ready', form, readyMs),
      ];
      // A format is converted once, on whatever hardware it is tried then.
      if (moved.findIndex((other) => other.format === format) < index) return boots;
      return [
        ...boots,
        ...figure('portability.equal', { format }, isEqual ? 1 : 0),
        ...figure('portability.bytes', { format }, bytes),
        ...figure('portability.convert', { format }, durationMs),
        ...figure('cpu.convert', { format }, cpuMs),
      ];
    });
  });
}
