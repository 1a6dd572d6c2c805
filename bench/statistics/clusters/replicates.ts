/** Medians of resampled samples: what the median of one host might as well have been. */
import { quantile } from '../quantile.ts';
import { seededRandom, shuffle } from '../random.ts';

/** An outer resampling draws among these again and again; more would not be seen in its quantiles. */
const count = 40;

/**
 * Which of the ordered samples a resampled median is does not depend on what they are. So the ranks are drawn once for each
 * number of samples, and every host takes them in an order of its own: two figures of a host then vary independently.
 *
 * @param sorted ascending
 * @throws RangeError without values
 */
export function replicatesOfMedian(sorted: ArrayLike<number>, seed: number): Float64Array {
  if (sorted.length === 0) throw new RangeError('replicates of no values');
  if (sorted.length === 1) return Float64Array.of(sorted[0] as number);
  const pairs = shuffle(medianRanks(sorted.length), seededRandom(seed));
  return Float64Array.from(pairs, ([low, high]) =>
    quantile([sorted[low] as number, sorted[high] as number], 0.5),
  );
}

/** Of the two samples in the middle of a resample; of an odd number both are the same. */
type RankPair = readonly [low: number, high: number];

const known = new Map<number, RankPair[]>();

/** Equally likely ones: as many quantiles of a larger number of draws. */
function medianRanks(n: number): RankPair[] {
  const found = known.get(n);
  if (found) return found;
  const random = seededRandom(n);
  // Of many samples fewer draws, which cost as much together.
  const length = Math.max(4 * count, Math.min(50 * count, Math.floor(4e6 / n)));
  const draws = Array.from({ length }, () => middleRanks(n, random)).sort(
    (a, b) => a[0] + a[1] - (b[0] + b[1]) || a[0] - b[0],
  );
  const chosen = Array.from(
    { length: count },
    (_, index) => draws[Math.floor(((index + 0.5) / count) * draws.length)] as RankPair,
  );
  known.set(n, chosen);
  return chosen;
}

function middleRanks(n: number, random: () => number): RankPair {
  const drawn = Uint32Array.from({ length: n }, () => Math.floor(random() * n)).sort();
  return [drawn[Math.ceil(n / 2) - 1] as number, drawn[Math.floor(n / 2)] as number];
}
