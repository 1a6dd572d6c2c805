/** The table of how measures are taken: one line for each that can be asked for (scenarios/measures/measures.ts). */
import type { MeasureName, OptionsOf, ResolvedMeasures } from '../../scenarios/measures/measures.ts';
import { takenMeasures } from '../../scenarios/measures/measures.ts';
import { burst } from './burst/burst.ts';
import { completion } from './completion.ts';
import { density } from './density/density.ts';
import { drift } from './drift/drift.ts';
import { image } from './image.ts';
import { isolation } from './isolation.ts';
import type { Measure } from './measure.ts';
import { memory } from './memory.ts';
import { neighbor } from './neighbor/neighbor.ts';
import { persistence } from './persistence.ts';
import { portability } from './portability/portability.ts';
import { recovery } from './recovery/recovery.ts';
import { startup } from './startup.ts';
import { stop } from './stop.ts';
import { throughput } from './throughput/throughput.ts';

const takers = {
  startup,
  completion,
  memory,
  image,
  stop,
  throughput,
  density,
  burst,
  neighbor,
  persistence,
  drift,
  portability,
  recovery,
  isolation,
} satisfies { [Name in MeasureName]: Measure<OptionsOf<Name>> };

export interface TakenMeasure {
  name: MeasureName;
  options: object;
  taker: Measure<object>;
}

/** The measures that a scenario takes, in the order of the table, each with its options. */
export function takersOf(measures: Partial<ResolvedMeasures>): TakenMeasure[] {
  return takenMeasures(measures).map((name) => ({
    name,
    options: measures[name] ?? {},
    taker: takers[name],
  }));
}

/** Every capacity measure there is, for what a journal holds. */
export function capacityMeasures(): NonNullable<Measure<object>['capacity']>[] {
  return Object.values<Measure<object>>(takers).flatMap(({ capacity }) => (capacity ? [capacity] : []));
}
