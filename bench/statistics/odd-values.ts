/**
 * Values that do not belong to the others: the generalized extreme Studentized deviate. Several odd values hide each other
 * from a test that looks for one, so the most extreme is taken away, up to a fifth of them, and the last step that stands out
 * decides how many are odd. B. Rosner, "Percentage Points for a Generalized ESD Many-Outlier Procedure", Technometrics 25
 * (1983). With fewer than fifteen values it looks for one only, which is Grubbs's test: exact for normal values.
 *
 * So few values say little of how far they scatter, and Grubbs's test misses every second one that is plain to see. Where
 * each value is itself an estimate, its own uncertainty says more: a value is also odd if equal ones would hardly scatter so
 * far, and it stands out among the others a little. Without the latter every fleet of hosts that differ would have odd ones.
 */
import { meanOf, varianceOf } from './clusters/cluster-mean.ts';
import { studentUpperTail } from './student.ts';

export interface OddValue {
  /** Index in the given values. */
  index: number;
  /** Chance that values of one kind alone would show as odd a one; adjusted for how many values were looked at. */
  p: number;
  /** The same of values that are equal but for their own uncertainty; null: it is not known, or not needed. */
  pEqual: number | null;
}

/** What each value's own samples leave open. */
export interface OwnScatter {
  sd: number;
  /** Degrees of freedom of that. */
  freedom: number;
}

/**
 * A value is odd if its p is at most this. Rosner's approximation is exceeded a little where it looks for several, and by
 * noise with heavy tails: by simulation at most one set of equal values in twenty has an odd one.
 */
const oddLevel = 0.025;
/** How far a value must stand out among the others where its own uncertainty cannot explain it. */
const weakLevel = 0.2;
/** With fewer, the others say too little of what is usual. */
export const fewestForOdd = 6;
/** From so many on Rosner's approximation holds. */
const fewestForSeveral = 15;

/** Candidates from the most extreme on; p never falls along them. Empty where there are too few values or all are equal. */
export function oddValues(values: readonly number[], own: OwnScatter | null = null): OddValue[] {
  const n = values.length;
  if (n < fewestForOdd) return [];
  const most = n < fewestForSeveral ? 1 : Math.floor(n / 5);
  const left = new Set(values.keys());
  const found: OddValue[] = [];
  while (found.length < most) {
    const kept = [...left].map((index) => values[index] as number);
    const mean = meanOf(kept);
    const sd = Math.sqrt(varianceOf(kept));
    if (!(sd > 1e-12 * Math.abs(mean)) || sd === 0) break;
    let index = -1;
    for (const each of left) {
      if (index < 0 || distance(values, each, mean) > distance(values, index, mean)) index = each;
    }
    left.delete(index);
    const others = [...left].map((each) => values[each] as number);
    found.push({
      index,
      p: pOf(distance(values, index, mean) / sd, kept.length),
      pEqual: most > 1 || !own ? null : pOfEqual(distance(values, index, meanOf(others)), n, own),
    });
  }
  // The last step that stands out carries those before it along.
  let least = 1;
  for (const each of found.toReversed()) {
    least = Math.min(least, each.p);
    each.p = least;
  }
  return found;
}

/** @returns p of an odd value, adjusted for so many sets that were looked at; null: it is not odd */
export function oddP({ p, pEqual }: OddValue, family = 1): number | null {
  const [among, equal] = [p, pEqual ?? 1].map((each) => Math.min(1, each * family)) as [number, number];
  if (among <= oddLevel) return among;
  return equal <= oddLevel && p <= weakLevel ? equal : null;
}

function distance(values: readonly number[], index: number, mean: number): number {
  return Math.abs((values[index] as number) - mean);
}

/** Of the largest of n Studentized deviates, two-sided. Exact far out, where it matters; an upper bound otherwise. */
function pOf(deviate: number, n: number): number {
  const rest = (n - 1) ** 2 - n * deviate ** 2;
  const t = rest <= 0 ? Infinity : deviate * Math.sqrt((n * (n - 2)) / rest);
  return Math.min(1, 2 * n * studentUpperTail(t, n - 2));
}

/** Of the value that is the farthest from the mean of the others, two-sided. */
function pOfEqual(from: number, n: number, { sd, freedom }: OwnScatter): number {
  if (!(sd > 0)) return 1;
  return Math.min(1, 2 * n * studentUpperTail(from / (sd * Math.sqrt(1 + 1 / (n - 1))), freedom));
}
