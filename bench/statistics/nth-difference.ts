/**
 * The k-th smallest of all n m differences between two sides, without making them all: 100,000 values a side have ten
 * thousand million. By bisection on the value, counting the differences up to it in one pass over the sorted sides;
 * the count is the one of J. F. Monahan, "Algorithm 616: fast computation of the Hodges–Lehmann location estimator", ACM
 * Transactions on Mathematical Software 10 (1984).
 */

/**
 * @param sorted ascending, at least one value
 * @param against ascending, at least one value
 * @param k from 1 to the product of the lengths
 */
export function nthDifference(sorted: readonly number[], against: readonly number[], k: number): number {
  let below = at(sorted, 0) - at(against, against.length - 1);
  let reached = at(sorted, sorted.length - 1) - at(against, 0);
  if (passUpTo(sorted, against, below).count >= k) return below;
  // Sixty halvings leave a gap far below the resolution of any clock.
  for (let step = 0; step < 60; step += 1) {
    const middle = below + (reached - below) / 2;
    if (middle <= below || middle >= reached) break;
    if (passUpTo(sorted, against, middle).count >= k) reached = middle;
    else below = middle;
  }
  // The difference itself, and not the edge of a gap that holds it.
  return passUpTo(sorted, against, below).next;
}

/** How many differences are at most `limit`, and the smallest one above it. */
function passUpTo(
  sorted: readonly number[],
  against: readonly number[],
  limit: number,
): { count: number; next: number } {
  let count = 0;
  let next = Infinity;
  // As the value grows, ever fewer of `against` are small enough to leave a difference above the limit.
  let first = 0;
  for (const value of sorted) {
    while (first < against.length && value - at(against, first) > limit) first += 1;
    count += against.length - first;
    if (first > 0) next = Math.min(next, value - at(against, first - 1));
  }
  return { count, next };
}

function at(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError('no differences between empty sides');
  return value;
}
