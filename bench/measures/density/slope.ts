/**
 * What a further instance takes, and what a larger budget would hold: from the steps of a platform's density that were
 * good. Every figure of memory is a sum over all instances under one lens.
 */
import type { DensityPoint, RecordedDensity } from '../../record/density.ts';
import { studentUpperQuantile } from '../../statistics/student.ts';
import { theilSen, type Point } from '../../statistics/theil-sen.ts';

export type Slope = RecordedDensity['slope'][number];
export type Extrapolation = RecordedDensity['extrapolation'][number];

/**
 * A line per lens through memory over instances, in the order in which the steps name their lenses. A lens with fewer than
 * two different numbers of instances has none.
 */
export function slopesOf(curve: readonly DensityPoint[]): Slope[] {
  const lenses = [...new Set(curve.flatMap((point) => Object.keys(point.memory)))];
  return lenses.flatMap((lens) => {
    const points = pointsOf(curve, lens);
    const line = theilSen(points);
    if ('enough' in line) return [];
    const { slope, intercept, interval } = line;
    return [
      {
        lens,
        bytesPerInstance: slope,
        ciLow: interval.enough ? interval.low : null,
        ciHigh: interval.enough ? interval.high : null,
        ciLevel: interval.enough ? interval.level : null,
        interceptBytes: intercept,
        points: points.length,
      },
    ];
  });
}

/** What ended it was the budget's memory, so that more memory would have held more. */
const memoryLimits = ['out-of-memory', 'pressure'];

/**
 * The lens that a budget of memory fills up with: what the kernel cannot take back. All of `cgroup` would count page cache
 * as well, of which there is as much as there is room.
 */
const budgetLens = 'workingset';

/** Of the budget that was measured; nothing beyond three times of it. */
const factors = [1.5, 2, 3];

/**
 * How many instances larger budgets would hold. Counted on from what was held, not from zero: under pressure the kernel
 * takes back what a line through the first steps takes for fixed. Empty where something else than memory was the limit.
 */
export function extrapolationsOf(
  density: Pick<RecordedDensity, 'budget' | 'instances' | 'limit' | 'curve'>,
): Extrapolation[] {
  const { budget, instances, limit, curve } = density;
  const line = slopesOf(curve).find(({ lens }) => lens === budgetLens);
  if (!line || !instances || !limit || !memoryLimits.includes(limit.by)) return [];
  if (line.bytesPerInstance <= 0) return [];
  return factors.map((factor) => {
    const budgetBytes = Math.round(budget.memoryBytes * factor);
    const more = budgetBytes - budget.memoryBytes;
    return {
      budgetBytes,
      instances: instances + Math.floor(more / line.bytesPerInstance),
      ...boundsOf(line, pointsOf(curve, budgetLens), more, instances),
    };
  });
}

/**
 * Two things are not known: the slope, and how much the next instances differ from it. The steps stand on each other's
 * shoulders, so what a round adds is the independent figure: the bounds are those of a random walk with drift (Hyndman and
 * Athanasopoulos, "Forecasting: Principles and Practice", 3rd ed. (2021), section 5.5, the drift method), or those of the
 * slope's own interval where these are wider. One more may fit at the upper end: the held number is a whole part.
 */
function boundsOf(
  line: Slope,
  points: readonly Point[],
  moreBytes: number,
  held: number,
): { low: number | null; high: number | null } {
  const [first, last] = [points[0], points.at(-1)];
  if (line.ciLow === null || line.ciHigh === null || !first || !last) return { low: null, high: null };
  const spread = spreadOf(line, points);
  const error = (further: number): number => spread * Math.sqrt(further + further ** 2 / (last.x - first.x));
  const fewest = Math.min(
    Math.floor(moreBytes / line.ciHigh),
    whatFits(moreBytes, (further) => further * line.bytesPerInstance + error(further)) ?? Infinity,
  );
  const most =
    line.ciLow <= 0
      ? null
      : whatFits(moreBytes, (further) => further * line.bytesPerInstance - error(further));
  return {
    low: held + fewest,
    high: most === null ? null : held + Math.max(most, Math.floor(moreBytes / (line.ciLow || 1))) + 1,
  };
}

/** Half the width of the interval of one further instance's memory, from what each round has added. */
function spreadOf({ bytesPerInstance }: Slope, points: readonly Point[]): number {
  const degrees = points.length - 2;
  let squares = 0;
  points.slice(1).forEach((point, index) => {
    const before = points[index] as Point;
    const added = point.x - before.x;
    squares += (point.y - before.y - added * bytesPerInstance) ** 2 / added;
  });
  return studentUpperQuantile(0.025, Math.max(4, degrees)) * Math.sqrt(squares / degrees);
}

/** The most that fit; null where there is no end to it. */
function whatFits(bytes: number, bytesOf: (count: number) => number): number | null {
  const mostCounted = 1_000_000;
  let count = 0;
  while (bytesOf(count + 1) <= bytes) {
    count += 1;
    if (count > mostCounted) return null;
  }
  return count;
}

/** Good steps, the last of each number of instances, by number. */
function pointsOf(curve: readonly DensityPoint[], lens: string): Point[] {
  const byNumber = new Map<number, number>();
  for (const { good, n, memory } of curve) {
    const bytes = memory[lens];
    if (good && bytes !== undefined) byNumber.set(n, bytes);
  }
  return [...byNumber].map(([x, y]) => ({ x, y })).sort((a, b) => a.x - b.x);
}
