/**
 * Interval of any statistic by the bootstrap, bias-corrected and accelerated (BCa): B. Efron, "Better bootstrap confidence
 * intervals", Journal of the American Statistical Association 82 (1987); Efron and Tibshirani, "An Introduction to the
 * Bootstrap" (1993), section 14.3. For smooth statistics such as a mean, a trimmed mean or a ratio of means. Not for
 * medians: the acceleration comes from the jackknife, which is inconsistent for them (same book, section 11.6).
 */
import { normalUpperQuantile, normalUpperTail } from './normal.ts';
import { ascending, quantile } from './quantile.ts';
import { seededRandom } from './random.ts';
import { tooFew, type TooFew } from './too-few.ts';

export interface BootstrapInterval {
  enough: true;
  low: number;
  high: number;
}

const fewestValues = 6;

/** The interval at 95 %. The same seed gives the same interval. */
export function bootstrapInterval(
  values: readonly number[],
  statistic: (values: readonly number[]) => number,
  { seed, resamples = 2000 }: { seed: number; resamples?: number },
): BootstrapInterval | TooFew {
  const n = values.length;
  if (n < fewestValues) return tooFew(fewestValues, n);
  const random = seededRandom(seed);
  const drawn = new Array<number>(n);
  const estimates = Array.from({ length: resamples }, () => {
    for (let i = 0; i < n; i += 1) drawn[i] = values[Math.floor(random() * n)] as number;
    return statistic(drawn);
  });
  const sorted = ascending(estimates);
  const observed = statistic(values);
  // Every resample gave the same: there is nothing to correct.
  if (sorted[0] === sorted.at(-1)) return { enough: true, low: observed, high: observed };
  const bias = normalQuantile(shareBelow(sorted, observed));
  const acceleration = accelerationOf(values, statistic);
  const end = (z: number): number => {
    const shifted = bias + z;
    return quantile(sorted, normalDistribution(bias + shifted / (1 - acceleration * shifted)));
  };
  const z = normalUpperQuantile(0.025);
  return { enough: true, low: end(-z), high: end(z) };
}

/** Half of those that are equal count as below, as in SciPy. Never 0 or 1, where the correction would be infinite. */
function shareBelow(sorted: readonly number[], observed: number): number {
  const below = sorted.filter((value) => value < observed).length;
  const equal = sorted.filter((value) => value === observed).length;
  const share = (below + equal / 2) / sorted.length;
  const least = 1 / (2 * sorted.length);
  return Math.min(1 - least, Math.max(least, share));
}

/** From the jackknife: the skewness of the statistic's influence values, over six. */
function accelerationOf(values: readonly number[], statistic: (values: readonly number[]) => number): number {
  const left = values.map((_, index) => statistic([...values.slice(0, index), ...values.slice(index + 1)]));
  const mean = left.reduce((sum, value) => sum + value, 0) / left.length;
  const squares = left.reduce((sum, value) => sum + (mean - value) ** 2, 0);
  const cubes = left.reduce((sum, value) => sum + (mean - value) ** 3, 0);
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

function normalQuantile(p: number): number {
  return p <= 0.5 ? -normalUpperQuantile(p) : normalUpperQuantile(1 - p);
}

function normalDistribution(z: number): number {
  return normalUpperTail(-z);
}
