/**
 * What the instruments tell apart. Identical sides of an A/B were seen to differ as a whole by 15 to 45 µs in a phase of the
 * start. More samples only make such an offset surer, so a smaller difference between two runs is no verdict on what was
 * measured (docs/statistics.md says what was tried to find its cause).
 */
import { metricOf } from '../../scenarios/measures/measures.ts';
import type { RecordedResult } from '../record/schema.ts';

const resolutionMs = 0.05;

/** In the unit of the figure; null where Tare has not measured it, or by other means than a clock. */
export function resolutionOf({
  metric,
  lens,
  unit,
}: Pick<RecordedResult, 'metric' | 'lens' | 'unit'>): number | null {
  return unit === 'ms' && metricOf(metric, lens)?.unit === 'ms' ? resolutionMs : null;
}
