/** Writes the figures of one step to the journal, with block and instance filled in. */
import type { StepRecorder } from './sample.ts';
import type { Block } from './plan.ts';
import type { Journal } from './journal.ts';

/** Why the samples of block 0 are kept and not counted. */
const warmupReason = 'warm-up block';

/**
 * A figure that the journal already holds for this platform and block is not written again: a resumed run repeats a
 * step that a kill cut off, and what was finished before the kill stands.
 */
export function stepRecorder(
  journal: Journal,
  step: { platform: string; block: Block; instanceId: string },
): StepRecorder {
  const { platform, block, instanceId } = step;
  return {
    async sample({ measure, metric, lens, condition = {}, value, earliest }) {
      const known = journal.events.some(
        (event) =>
          event.type === 'sample' &&
          event.platform === platform &&
          event.sample.block === block.index &&
          event.sample.instance !== undefined &&
          event.metric === metric &&
          event.lens === (lens ?? null) &&
          JSON.stringify(event.condition) === JSON.stringify(condition),
      );
      if (known) return;
      await journal.write({
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
      });
    },
    async marks(marks) {
      await journal.write({ type: 'marks', platform, instance: instanceId, block: block.index, marks });
    },
    async inside(facts) {
      await journal.write({ type: 'inside', platform, facts });
    },
    get knowsInside() {
      return journal.events.some((event) => event.type === 'inside' && event.platform === platform);
    },
  };
}
