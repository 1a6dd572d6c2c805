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

/** Null where no split leaves enough values on both sides, or all values are equal. */
export function energySplit(values: readonly number[]): Split | null {
  const total = values.length;
  if (total < 2 * leastSegment) return null;
  const before = new DistanceSums(values);
  const all = new DistanceSums(values);
  values.forEach((_, index) => {
    all.add(index);
  });
  const toAll = values.map((_, index) => all.distanceTo(index));
  let left = 0;
  let between = 0;
  let right = toAll.reduce((sum, distance) => sum + distance, 0) / 2;
  let best: Split | null = null;
  for (let index = 0; index < total - leastSegment; index += 1) {
    const toLeft = before.distanceTo(index);
    const toRight = (toAll[index] as number) - toLeft;
    left += toLeft;
    right -= toRight;
    between += toRight - toLeft;
    before.add(index);
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
  readonly #values: readonly number[];
  readonly #ranks: Int32Array;
  readonly #counts: Float64Array;
  readonly #sums: Float64Array;
  #count = 0;
  #sum = 0;

  constructor(values: readonly number[]) {
    this.#values = values;
    this.#ranks = ranksOf(values);
    this.#counts = new Float64Array(values.length + 1);
    this.#sums = new Float64Array(values.length + 1);
  }

  add(index: number): void {
    const value = this.#values[index] as number;
    for (let at = this.#ranks[index] as number; at < this.#counts.length; at += at & -at) {
      this.#counts[at] = (this.#counts[at] as number) + 1;
      this.#sums[at] = (this.#sums[at] as number) + value;
    }
    this.#count += 1;
    this.#sum += value;
  }

  distanceTo(index: number): number {
    const value = this.#values[index] as number;
    let count = 0;
    let sum = 0;
    for (let at = this.#ranks[index] as number; at > 0; at -= at & -at) {
      count += this.#counts[at] as number;
      sum += this.#sums[at] as number;
    }
    return value * count - sum + (this.#sum - sum) - value * (this.#count - count);
  }
}

/** Ranks from 1; which of two equal values comes first does not matter to a distance. */
function ranksOf(values: readonly number[]): Int32Array {
  const order = Float64Array.from(values.keys()).sort(
    (a, b) => (values[a] as number) - (values[b] as number),
  );
  const ranks = new Int32Array(values.length);
  order.forEach((index, rank) => {
    ranks[index] = rank + 1;
  });
  return ranks;
}
