/**
 * How far one side lies from the other: the median of all differences between their values, with the interval that
 * belongs to the Mann–Whitney test. J. L. Hodges and E. L. Lehmann, "Estimates of location based on rank tests", Annals of
 * Mathematical Statistics 34 (1963); the interval as in Hollander and Wolfe, "Nonparametric Statistical Methods", 2nd ed.
 * (1999), section 4.3.
 */
import { normalUpperQuantile } from './normal.ts';
import { nthDifference } from './nth-difference.ts';
import { ascending } from './quantile.ts';
import { isExactFeasible, untiedDistribution } from './rank-sum.ts';
import { tooFew, type TooFew } from './too-few.ts';

export interface Estimate {
  value: number;
  interval: Interval | TooFew;
}

export interface Interval {
  enough: true;
  low: number;
  high: number;
  /** Probability that it covers the true value; at least the wanted one. */
  level: number;
}

const fewestForInterval = 6;
const usualLevel = 0.95;

/**
 * Shift of `values` over `against`, in their unit.
 *
 * @param wantedLevel of the interval, which has at least that
 */
export function hodgesLehmannShift(
  values: readonly number[],
  against: readonly number[],
  wantedLevel = usualLevel,
): Estimate | TooFew {
  const n = values.length;
  const m = against.length;
  if (Math.min(n, m) === 0) return tooFew(1, 0);
  const x = ascending(values);
  const y = ascending(against);
  const pairs = n * m;
  const lower = nthDifference(x, y, Math.ceil(pairs / 2));
  const upper = pairs % 2 === 1 ? lower : nthDifference(x, y, pairs / 2 + 1);
  const value = lower + (upper - lower) / 2;
  if (Math.min(n, m) < fewestForInterval) {
    return { value, interval: tooFew(fewestForInterval, Math.min(n, m)) };
  }
  const { rank, level } = lowerRank(n, m, wantedLevel);
  // So few values do not reach the level even with the whole range of their differences.
  if (rank < 1) return { value, interval: tooFew(Math.min(n, m) + 1, Math.min(n, m)) };
  const low = nthDifference(x, y, rank);
  const high = nthDifference(x, y, pairs + 1 - rank);
  return { value, interval: { enough: true, low, high, level } };
}

/** The same as a factor, from the logarithms. Null unless every value is positive: there is no ratio to zero. */
export function hodgesLehmannRatio(
  values: readonly number[],
  against: readonly number[],
  wantedLevel = usualLevel,
): Estimate | TooFew | null {
  if ([...values, ...against].some((value) => value <= 0)) return null;
  const logs = hodgesLehmannShift(values.map(Math.log), against.map(Math.log), wantedLevel);
  if ('enough' in logs) return logs;
  const { value, interval } = logs;
  return {
    value: Math.exp(value),
    interval: interval.enough
      ? { ...interval, low: Math.exp(interval.low), high: Math.exp(interval.high) }
      : interval,
  };
}

/**
 * Rank of the difference that the interval begins with. Ties leave it as it is: the closed interval then covers at least
 * as often as it says (Pratt and Gibbons, "Concepts of Nonparametric Theory" (1981)).
 */
function lowerRank(n: number, m: number, wantedLevel: number): { rank: number; level: number } {
  const tail = (1 - wantedLevel) / 2;
  if (isExactFeasible(n, m)) {
    const distribution = untiedDistribution(n, m);
    const rank = distribution.findIndex((probability) => probability > tail);
    return { rank, level: 1 - 2 * (distribution[rank - 1] ?? 0) };
  }
  const spread = Math.sqrt((n * m * (n + m + 1)) / 12);
  const rank = Math.floor((n * m) / 2 - normalUpperQuantile(tail) * spread);
  return { rank, level: wantedLevel };
}
