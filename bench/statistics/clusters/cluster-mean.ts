/**
 * The mean over clusters of samples, each of which counts once however many samples it has: hosts of a fleet. Samples of one
 * cluster resemble each other, so an interval that took them for independent would be far too narrow.
 *
 * From six clusters on the interval is a hierarchical bootstrap: clusters are drawn with replacement, and of each drawn one
 * an estimate from its own resampled samples. Davison and Hinkley, "Bootstrap Methods and their Application" (1997), section
 * 3.8. A percentile interval of few clusters is too narrow, so its quantiles are expanded as far as Student's t of so many
 * clusters reaches beyond the normal distribution: T. Hesterberg, "What Teachers Should Know About the Bootstrap", The
 * American Statistician 69 (2015), section 4.3. Below six it is Student's t over the clusters' estimates. How often the
 * intervals cover is simulated (coverage.ts).
 */
import { normalUpperTail } from '../normal.ts';
import { quantile } from '../quantile.ts';
import { seededRandom } from '../random.ts';
import { studentUpperQuantile } from '../student.ts';

export interface Cluster {
  /** What the cluster says: a median, or the logarithm of a ratio of medians. */
  estimate: number;
  /** The same from resampled samples; as many as there are, at least one. */
  replicates: ArrayLike<number>;
}

export interface ClusterMean {
  value: number;
  /** Interval at 95 %; null for a single cluster. */
  interval: { low: number; high: number } | null;
  method: 'bootstrap' | 't' | 'none';
  /** Standard deviations of what clusters really are, and of what one cluster's own samples leave open. */
  between: number | null;
  within: number;
}

const fewestForBootstrap = 6;
const outerResamples = 2000;
const tail = 0.025;

/** @throws RangeError without clusters */
export function clusterMean(clusters: readonly Cluster[], seed: number): ClusterMean {
  const k = clusters.length;
  if (k === 0) throw new RangeError('a mean over no clusters');
  const estimates = clusters.map(({ estimate }) => estimate);
  const value = meanOf(estimates);
  const within = meanOf(clusters.map(({ replicates }) => varianceOf(replicates)));
  const found = { value, within: Math.sqrt(within) };
  if (k === 1) return { ...found, interval: null, method: 'none', between: null };
  const variance = varianceOf(estimates);
  const between = Math.sqrt(Math.max(0, variance - within));
  if (k < fewestForBootstrap) {
    const reach = studentUpperQuantile(tail, k - 1) * Math.sqrt(variance / k);
    return { ...found, interval: { low: value - reach, high: value + reach }, method: 't', between };
  }
  return { ...found, interval: bootstrapped(clusters, seed), method: 'bootstrap', between };
}

/** Share of the resampled means to cut at either end, so that `k` clusters cover as they should. */
export function expandedTail(k: number): number {
  return normalUpperTail(Math.sqrt(k / (k - 1)) * studentUpperQuantile(tail, k - 1));
}

function bootstrapped(clusters: readonly Cluster[], seed: number): { low: number; high: number } {
  const random = seededRandom(seed);
  const k = clusters.length;
  const pool = pooled(clusters);
  const means = new Float64Array(outerResamples);
  for (let round = 0; round < outerResamples; round += 1) {
    let sum = 0;
    for (let draw = 0; draw < k; draw += 1) sum += pool[Math.floor(random() * pool.length)] as number;
    means[round] = sum / k;
  }
  means.sort();
  const cut = expandedTail(k);
  return { low: quantile(means, cut), high: quantile(means, 1 - cut) };
}

/** Replicates of all clusters, equally many of each: to draw one of them is to draw a cluster, and then one of its own. */
function pooled(clusters: readonly Cluster[]): Float64Array {
  const most = clusters.reduce((count, { replicates }) => Math.max(count, replicates.length), 0);
  const pool = new Float64Array(clusters.length * most);
  clusters.forEach(({ replicates }, index) => {
    for (let place = 0; place < most; place += 1) {
      pool[index * most + place] = replicates[place % replicates.length] as number;
    }
  });
  return pool;
}

export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index] as number;
  return sum / values.length;
}

/** With n - 1; zero where there is one value. */
export function varianceOf(values: ArrayLike<number>): number {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  let squares = 0;
  for (let index = 0; index < values.length; index += 1) squares += ((values[index] as number) - mean) ** 2;
  return squares / (values.length - 1);
}
