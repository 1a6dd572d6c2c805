/** Keeps the figures of one step until it is certain that they count, then writes them to the journal together. */
import type { Block } from '../plan.ts';
import { refuseImpossible } from './impossible.ts';
import type { Journal, JournalEvent } from './journal.ts';

/** Where a step hands its figures. */
export interface StepRecorder {
  /** @throws InstanceFailure for a value that cannot be */
  sample(figure: {
    measure: string;
    metric: string;
    lens?: string;
    condition?: Record<string, string>;
    value: number;
    earliest?: number;
  }): void;
  marks(marks: Record<string, number>): void;
  inside(facts: Record<string, string>): void;
  /** Whether this platform has said what it sees from inside. */
  readonly knowsInside: boolean;
  /** Puts everything so far into the journal, and resolves when it is on disk. Never called: nothing was measured. */
  commit(): Promise<void>;
}

/** Why the samples of block 0 are kept and not counted. */
export const warmupReason = 'warm-up block';

/**
 * @param finished the figures that the journal holds already (`finishedFigures`). They are not written again: a resumed run
 *   repeats a step that a kill cut off, and what was finished before the kill stands.
 */
export function stepRecorder(
  journal: Journal,
  step: { platform: string; block: Block; instanceId: string },
  finished: ReadonlySet<string>,
): StepRecorder {
  const { platform, block, instanceId } = step;
  let taken: JournalEvent[] = [];
  const take = (event: JournalEvent): void => {
    refuseImpossible(event);
    taken.push(event);
  };
  return {
    sample({ measure, metric, lens, condition = {}, value, earliest }) {
      const event: SampleEvent = {
        type: 'sample',
        platform,
        measure,
        metric,
        lens: lens ?? null,
        condition,
        definition: null,
        sample: {
          value,
          block: block.index,
          at: new Date().toISOString(),
          instance: instanceId,
          ...(earliest === undefined ? {} : { earliest }),
          ...(block.isWarmup ? { excluded: warmupReason } : {}),
        },
      };
      if (!finished.has(keyOf(event))) take(event);
    },
    marks(marks) {
      take({ type: 'marks', platform, instance: instanceId, block: block.index, marks });
    },
    inside(facts) {
      take({ type: 'inside', platform, facts });
    },
    get knowsInside() {
      return [...taken, ...journal.events].some(
        (event) => event.type === 'inside' && event.platform === platform,
      );
    },
    async commit() {
      const events = taken;
      taken = [];
      await journal.write(...events);
    },
  };
}

type SampleEvent = Extract<JournalEvent, { type: 'sample' }>;

/** Keys of all figures of instances that a journal holds. */
export function finishedFigures(events: readonly JournalEvent[]): Set<string> {
  const figures = events.filter(
    (event): event is SampleEvent => event.type === 'sample' && event.sample.instance !== undefined,
  );
  return new Set(figures.map(keyOf));
}

function keyOf({ platform, metric, lens, condition, sample }: SampleEvent): string {
  return JSON.stringify([platform, sample.block, metric, lens, condition]);
}
