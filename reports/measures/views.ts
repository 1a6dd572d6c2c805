/** The table of how measures are shown: one line for each. An empty view shows its figures in a table. */
import type { MeasureName } from '../../bench/record/result.ts';
import type { RunRecord } from '../../bench/record/schema.ts';
import { burst } from './burst.ts';
import { completion } from './completion.ts';
import { drift } from './drift.ts';
import { image } from './image.ts';
import { isolation } from './isolation.ts';
import type { MeasureView, Remarks } from './measure.ts';
import { memory } from './memory.ts';
import { neighbor } from './neighbor.ts';
import { persistence } from './persistence.ts';
import { portability } from './portability.ts';
import { recovery } from './recovery.ts';
import { startup } from './startup.ts';
import { stop } from './stop.ts';
import { throughput } from './throughput.ts';

const views = {
  startup,
  completion,
  memory,
  image,
  stop,
  throughput,
  // Its page section and its headline are of what the record keeps beside the results (reports/density.ts).
  density: {},
  burst,
  neighbor,
  persistence,
  drift,
  portability,
  recovery,
  isolation,
} satisfies Record<MeasureName, MeasureView>;

/** A measure of others is shown without a view. */
export function viewOf(measure: string): MeasureView {
  return Object.hasOwn(views, measure) ? views[measure as MeasureName] : {};
}

export function allViews(): MeasureView[] {
  return Object.values(views);
}

/** What is said of a record's figures in words. */
export function remarksOf(record: RunRecord): Remarks[] {
  return allViews().flatMap(({ remarks }) => remarks?.(record) ?? []);
}
