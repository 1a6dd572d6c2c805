/**
 * The distribution of a rank sum when nothing but chance decides which values are on which side. Counted exactly, with
 * ties, by the shift algorithm: B. Streitberg and J. Röhmel, "Exact distributions for permutation and rank tests",
 * Statistical Software Newsletter 12 (1986).
 */

/** Values of equal size share the mean of their ranks, which is doubled here to stay a whole number. */
export interface TieGroup {
  doubledRank: number;
  size: number;
}

/** Up to this product of the sample sizes the exact distribution is counted; it takes well under 10 ms. */
const largestExactProduct = 400;

export function isExactFeasible(n: number, m: number): boolean {
  return n * m <= largestExactProduct;
}

/**
 * Entry s: how many choices of n of the values have the doubled rank sum s. The counts stay below 2^53 while
 * `isExactFeasible` holds, since C(40, 20) is 1.4e11.
 */
export function rankSumCounts(groups: readonly TieGroup[], n: number): Float64Array {
  const ranks = groups.flatMap(({ doubledRank, size }) => new Array<number>(size).fill(doubledRank));
  const largest = ranks.slice(ranks.length - n).reduce((sum, rank) => sum + rank, 0);
  const byCount = Array.from({ length: n + 1 }, () => new Float64Array(largest + 1));
  (byCount[0] as Float64Array)[0] = 1;
  ranks.forEach((rank, index) => {
    for (let chosen = Math.min(n, index + 1); chosen >= 1; chosen -= 1) {
      const from = byCount[chosen - 1] as Float64Array;
      const to = byCount[chosen] as Float64Array;
      for (let sum = largest; sum >= rank; sum -= 1)
        to[sum] = (to[sum] as number) + (from[sum - rank] as number);
    }
  });
  return byCount[n] as Float64Array;
}

/**
 * For sides of n and m values without ties: entry u is P(U <= u), the share of arrangements in which at most u of the
 * n m pairs have the first side's value above the other's.
 */
export function untiedDistribution(n: number, m: number): readonly number[] {
  const key = `${n},${m}`;
  const known = untied.get(key);
  if (known) return known;
  const groups = Array.from({ length: n + m }, (_, index) => ({ doubledRank: 2 * (index + 1), size: 1 }));
  const counts = rankSumCounts(groups, n);
  const total = counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  const distribution = Array.from({ length: n * m + 1 }, (_, u) => {
    below += counts[2 * u + n * (n + 1)] as number;
    return below / total;
  });
  untied.set(key, distribution);
  return distribution;
}

/** A comparison asks for the same few sizes again and again. */
const untied = new Map<string, readonly number[]>();
