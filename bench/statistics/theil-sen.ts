/**
 * A straight line that a few wild points do not bend: the median of the slopes between all pairs of points, with the
 * interval that belongs to Kendall's test. H. Theil, "A rank-invariant method of linear and polynomial regression analysis",
 * Indagationes Mathematicae 12 (1950); P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", Journal
 * of the American Statistical Association 63 (1968), section 6.
 */
import type { Interval } from './hodges-lehmann.ts';
import { normalUpperQuantile } from './normal.ts';
import { ascending, quantile } from './quantile.ts';
import { tooFew, type TooFew } from './too-few.ts';

export interface Line {
  slope: number;
  /** Of the slope; it takes the points for independent of each other. */
  interval: Interval | TooFew;
  /** Median of y - slope x. */
  intercept: number;
}

export interface Point {
  x: number;
  y: number;
}

const wantedLevel = 0.95;
const fewestForLine = 2;
/** With four points even all six slopes agree by chance in one case of twelve. */
const fewestForInterval = 5;
/** Counting takes well under 10 ms up to here; beyond, the normal approximation is as good. */
const mostCounted = 100;

/** @param points no two with the same x: two values at one place say nothing about a slope */
export function theilSen(points: readonly Point[]): Line | TooFew {
  const n = points.length;
  if (n < fewestForLine) return tooFew(fewestForLine, n);
  const slopes = ascending(points.flatMap((a, index) => points.slice(index + 1).map((b) => slopeOf(a, b))));
  const slope = quantile(slopes, 0.5);
  return {
    slope,
    interval: n < fewestForInterval ? tooFew(fewestForInterval, n) : intervalOf(slopes, n),
    intercept: quantile(ascending(points.map(({ x, y }) => y - slope * x)), 0.5),
  };
}

function slopeOf(a: Point, b: Point): number {
  if (a.x === b.x) throw new RangeError(`two points at x = ${a.x} have no slope`);
  return (b.y - a.y) / (b.x - a.x);
}

/** From the k-th smallest to the k-th largest slope: the true one is outside when at most k - 1 pairs are out of order. */
function intervalOf(slopes: readonly number[], n: number): Interval {
  const { rank, level } = lowerRank(n);
  return {
    enough: true,
    low: quantileAt(slopes, rank - 1),
    high: quantileAt(slopes, slopes.length - rank),
    level,
  };
}

function lowerRank(n: number): { rank: number; level: number } {
  const tail = (1 - wantedLevel) / 2;
  if (n > mostCounted) {
    const spread = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 72);
    const rank = Math.floor((n * (n - 1)) / 4 - normalUpperQuantile(tail) * spread);
    return { rank, level: wantedLevel };
  }
  let below = 0;
  let rank = 0;
  for (const probability of disorder(n)) {
    if (below + probability > tail) break;
    below += probability;
    rank += 1;
  }
  return { rank, level: 1 - 2 * below };
}

/**
 * Entry k: the probability that k of the pairs of n things in random order are out of order. By adding one thing after the
 * other, each of which may come before 0, 1, 2 … of those there are (M. G. Kendall, "A new measure of rank correlation",
 * Biometrika 30 (1938)).
 */
function disorder(n: number): Float64Array {
  let probabilities = Float64Array.of(1);
  for (let things = 2; things <= n; things += 1) {
    const next = new Float64Array(probabilities.length + things - 1);
    probabilities.forEach((probability, pairs) => {
      for (let before = 0; before < things; before += 1) {
        next[pairs + before] = (next[pairs + before] as number) + probability / things;
      }
    });
    probabilities = next;
  }
  return probabilities;
}

function quantileAt(sorted: readonly number[], index: number): number {
  const value = sorted[index];
  if (value === undefined) throw new RangeError(`no slope ${index} of ${sorted.length}`);
  return value;
}
