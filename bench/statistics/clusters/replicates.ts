/** Medians of resampled samples: what the median of one host might as well have been. */
import { medianOfResample } from '../ratio.ts';
import { seededRandom } from '../random.ts';

/** An outer resampling draws among these again and again; more would not be seen in its quantiles. */
const count = 40;

/** @throws RangeError without values */
export function replicatesOfMedian(values: readonly number[], seed: number): Float64Array {
  if (values.length === 0) throw new RangeError('replicates of no values');
  if (values.length === 1) return Float64Array.of(values[0] as number);
  const draw = medianOfResample(values, seededRandom(seed));
  return Float64Array.from({ length: count }, draw);
}
