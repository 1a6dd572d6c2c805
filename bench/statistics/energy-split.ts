/**
 * The split of a series whose two sides differ most in energy distance, scaled by n m / (n + m): Székely and Rizzo, "Energy
 * statistics", Journal of Statistical Planning and Inference 143 (2013). In n log n steps: as the split moves on by one
 * value, the sums of distances change by that value's distances to both sides, which trees over the ranks give.
 */

export interface Split {
  /** Index of the first value of the second side. */
  index: number;
  energy: number;
}

/** Fewer values on a side say too little about it. */
const leastSegment = 3;

/** A series as its ranks: shuffling those is all that a permutation of it needs. */
export interface RankedSeries {
  /** Rank of each value, from 1; which of two equal values comes first does not matter to a distance. */
  ranks: readonly number[];
  /** By rank. */
  sorted: readonly number[];
  /** By rank: sum of the distances to all the others. */
  toAll: Float64Array;
}

export function rankedSeries(values: readonly number[]): RankedSeries {
  const order = [...values.keys()].sort((a, b) => (values[a] as number) - (values[b] as number));
  const sorted = order.map((index) => values[index] as number);
  const ranks = new Array<number>(values.length);
  order.forEach((index, place) => {
    ranks[index] = place + 1;
  });
  const total = sorted.reduce((sum, value) => sum + value, 0);
  const toAll = new Float64Array(values.length + 1);
  let below = 0;
  sorted.forEach((value, place) => {
    const above = total - below - value;
    toAll[place + 1] = value * place - below + above - value * (sorted.length - place - 1);
    below += value;
  });
  return { ranks, sorted, toAll };
}

/** Null where no split leaves enough values on both sides, or all values are equal. */
export function energySplit({ ranks, sorted, toAll }: RankedSeries): Split | null {
  const total = ranks.length;
  if (total < 2 * leastSegment || sorted[0] === sorted.at(-1)) return null;
  const before = new DistanceSums(sorted);
  let left = 0;
  let between = 0;
  let right = toAll.reduce((sum, distance) => sum + distance, 0) / 2;
  let best: Split | null = null;
  for (let index = 0; index < total - leastSegment; index += 1) {
    const rank = ranks[index] as number;
    const toLeft = before.distanceTo(rank);
    const toRight = (toAll[rank] as number) - toLeft;
    left += toLeft;
    right -= toRight;
    between += toRight - toLeft;
    before.add(rank);
    const n = index + 1;
    const m = total - n;
    if (n < leastSegment) continue;
    const distance = (2 * between) / (n * m) - (2 * left) / (n * (n - 1)) - (2 * right) / (m * (m - 1));
    const energy = ((n * m) / total) * distance;
    if (energy > (best?.energy ?? 0)) best = { index: n, energy };
  }
  return best;
}

/** Sum of the distances from a value to all that were added. Fenwick trees over the ranks hold counts and sums. */
class DistanceSums {
  readonly #sorted: readonly number[];
  readonly #counts: Float64Array;
  readonly #sums: Float64Array;
  #count = 0;
  #sum = 0;

  constructor(sorted: readonly number[]) {
    this.#sorted = sorted;
    this.#counts = new Float64Array(sorted.length + 1);
    this.#sums = new Float64Array(sorted.length + 1);
  }

  add(rank: number): void {
    const value = this.#sorted[rank - 1] as number;
    for (let at = rank; at < this.#counts.length; at += at & -at) {
      this.#counts[at] = (this.#counts[at] as number) + 1;
      this.#sums[at] = (this.#sums[at] as number) + value;
    }
    this.#count += 1;
    this.#sum += value;
  }

  distanceTo(rank: number): number {
    const value = this.#sorted[rank - 1] as number;
    let count = 0;
    let sum = 0;
    for (let at = rank; at > 0; at -= at & -at) {
      count += this.#counts[at] as number;
      sum += this.#sums[at] as number;
    }
    return value * count - sum + (this.#sum - sum) - value * (this.#count - count);
  }
}
