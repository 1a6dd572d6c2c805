/** Simulated fleets: how often the interval of a class covers what is true, and how often a host is called odd. */
import { clusterMean, type Cluster } from '../../../bench/statistics/clusters/cluster-mean.ts';
import { oddLevel, oddValues } from '../../../bench/statistics/odd-values.ts';
import { ascending, quantile } from '../../../bench/statistics/quantile.ts';
import { seededRandom } from '../../../bench/statistics/random.ts';
import { replicatesOfMedian } from '../../../bench/statistics/clusters/replicates.ts';

export interface FleetShape {
  hosts: number;
  samples: number;
  /** Standard deviation of what hosts really are, as a share. */
  between: number;
  /** Standard deviation of one host's samples, as a share. */
  within: number;
  noise: 'normal' | 'heavy tails';
}

/** Shares of the trials whose interval at 95 % covers the truth. The logarithm of the typical host is 0. */
export function coverageOf(shape: FleetShape, trials: number, seed: number): number {
  const random = seededRandom(seed);
  let covered = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    const { interval } = clusterMean(fleetOf(shape, random), seed + trial);
    if (interval && interval.low <= 0 && interval.high >= 0) covered += 1;
  }
  return covered / trials;
}

/**
 * @param slower the first of the hosts is by so much slower; 0: all are equal but for their spread
 * @returns shares of the trials in which any other host is called odd, and in which the first one is
 */
export function oddRates(
  shape: FleetShape,
  slower: number,
  trials: number,
  seed: number,
): { wrong: number; found: number } {
  const random = seededRandom(seed);
  let wrong = 0;
  let found = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    const values = fleetOf(shape, random).map(({ estimate }) => estimate);
    values[0] = (values[0] as number) + Math.log1p(slower);
    const odd = oddValues(values).flatMap(({ index, p }) => (p <= oddLevel ? [index] : []));
    if (odd.includes(0) && slower > 0) found += 1;
    if (odd.some((index) => index !== 0 || slower === 0)) wrong += 1;
  }
  return { wrong: wrong / trials, found: found / trials };
}

function fleetOf({ hosts, samples, between, within, noise }: FleetShape, random: () => number): Cluster[] {
  return Array.from({ length: hosts }, (_, host) => {
    const centre = between * draw(noise, random);
    const values = Array.from({ length: samples }, () => centre + within * draw(noise, random));
    return {
      estimate: quantile(ascending(values), 0.5),
      replicates: replicatesOfMedian(values, host + Math.floor(random() * 2 ** 30)),
    };
  });
}

/** With a standard deviation of about one; heavy tails: every tenth value is from one three times as wide. */
function draw(noise: FleetShape['noise'], random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  if (noise === 'normal') return normal;
  return (random() < 0.1 ? 3 : 1) * normal * 0.745;
}
