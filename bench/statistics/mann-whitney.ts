/**
 * Mann–Whitney test (Wilcoxon rank-sum test): are the values of one side larger than those of the other more often
 * than chance would make them? It looks at the order alone, so that no outlier decides and no distribution is assumed.
 * H. B. Mann and D. R. Whitney, Annals of Mathematical Statistics 18 (1947).
 */
import { normalUpperTail } from './normal.ts';
import { isExactFeasible, rankSumCounts, type TieGroup } from './rank-sum.ts';
import { tooFew, type TooFew } from './too-few.ts';

export interface MannWhitney {
  enough: true;
  /** Pairs in which `values` is larger than `against`; an equal pair counts half. */
  u: number;
  /** Two-sided: the share of arrangements at least as far from the middle as this one. */
  p: number;
  method: 'exact' | 'normal';
}

/** Below this, even a complete separation is no evidence at 5 %: 2 of C(6, 3) = 20 arrangements. */
const fewestValues = 4;

export function mannWhitney(values: readonly number[], against: readonly number[]): MannWhitney | TooFew {
  const n = values.length;
  const m = against.length;
  if (Math.min(n, m) < fewestValues) return tooFew(fewestValues, Math.min(n, m));
  const { groups, doubledSum } = rank(values, against);
  const u = (doubledSum - n * (n + 1)) / 2;
  return isExactFeasible(n, m)
    ? { enough: true, u, p: exactP(groups, doubledSum, n), method: 'exact' }
    : { enough: true, u, p: normalP(groups, u, n, m), method: 'normal' };
}

/** The smallest p that sides of these sizes can give: all values of one above all of the other. */
export function smallestP(n: number, m: number): number {
  let arrangements = 1;
  for (let k = 1; k <= Math.min(n, m); k += 1) arrangements *= (Math.max(n, m) + k) / k;
  return 2 / arrangements;
}

function rank(
  values: readonly number[],
  against: readonly number[],
): { groups: TieGroup[]; doubledSum: number } {
  const own = Float64Array.from(values).sort();
  const all = Float64Array.from([...values, ...against]).sort();
  const groups: TieGroup[] = [];
  let doubledSum = 0;
  let ownIndex = 0;
  for (let start = 0; start < all.length;) {
    const value = all[start];
    let end = start + 1;
    while (end < all.length && all[end] === value) end += 1;
    const doubledRank = start + 1 + end;
    groups.push({ doubledRank, size: end - start });
    while (ownIndex < own.length && own[ownIndex] === value) {
      doubledSum += doubledRank;
      ownIndex += 1;
    }
    start = end;
  }
  return { groups, doubledSum };
}

function exactP(groups: readonly TieGroup[], doubledSum: number, n: number): number {
  const total = groups.reduce((sum, group) => sum + group.size, 0);
  const middle = n * (total + 1);
  const distance = Math.abs(doubledSum - middle);
  let all = 0;
  let asFar = 0;
  rankSumCounts(groups, n).forEach((count, sum) => {
    all += count;
    if (Math.abs(sum - middle) >= distance) asFar += count;
  });
  return asFar / all;
}

/** With the correction for ties and for continuity: E. L. Lehmann, "Nonparametrics" (1975), section 1.4. */
function normalP(groups: readonly TieGroup[], u: number, n: number, m: number): number {
  const total = n + m;
  const ties = groups.reduce((sum, { size }) => sum + (size ** 3 - size), 0) / (total * (total - 1));
  const variance = ((n * m) / 12) * (total + 1 - ties);
  // Every value is equal: nothing tells the sides apart.
  if (variance <= 0) return 1;
  const distance = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5);
  return Math.min(1, 2 * normalUpperTail(distance / Math.sqrt(variance)));
}
