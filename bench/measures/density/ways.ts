/**
 * Ways to the number of instances that fit: which number to try next. Pure, and both end alike: with a number that was
 * good and the next one that was not, or with the cap.
 */
import type { DensityWay } from '../../../scenarios/schema/allowed-words.ts';

/** A number of instances that was tried. */
export interface Tried {
  n: number;
  good: boolean;
  /** What all of them needed, bytes; null where it could not be read. */
  memoryBytes: number | null;
}

export interface WayOptions {
  way: DensityWay;
  batchSize: number;
  cap: number;
  budgetBytes: number;
}

/** The next number to try; null: there is nothing left to find out. */
export function nextToTry(tried: readonly Tried[], options: WayOptions): number | null {
  const best = bestOf(tried);
  const worst = worstOf(tried) ?? options.cap + 1;
  if (worst - best <= 1) return null;
  if (worstOf(tried) !== null) return Math.floor((best + worst) / 2);
  const grown = { ramp: () => best + options.batchSize, search: () => jump(tried, best, options) };
  return Math.min(options.cap, grown[options.way]());
}

/** The largest number that was good and below every number that was not. */
export function bestOf(tried: readonly Tried[]): number {
  const worst = worstOf(tried) ?? Infinity;
  return Math.max(0, ...tried.filter(({ n, good }) => good && n < worst).map(({ n }) => n));
}

function worstOf(tried: readonly Tried[]): number | null {
  const bad = tried.filter(({ good }) => !good).map(({ n }) => n);
  return bad.length === 0 ? null : Math.min(...bad);
}

/** No further than this beyond what was tried: a line through two small numbers says little of a large one. */
const reach = 4;

/** Where the line of memory over instances meets the budget, as far as it may be trusted. */
function jump(tried: readonly Tried[], best: number, { batchSize, budgetBytes }: WayOptions): number {
  const points = tried.filter(({ good }) => good);
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last) return batchSize;
  if (first.n === last.n) return best + batchSize;
  const [least, most] = [first.memoryBytes, last.memoryBytes];
  const slope = least === null || most === null ? 0 : (most - least) / (last.n - first.n);
  const fits = slope > 0 ? Math.floor(last.n + (budgetBytes - (most ?? 0)) / slope) : Infinity;
  const further = best + Math.max(1, Math.ceil(best / 8));
  return Math.min(best * reach, Math.max(further, fits));
}
