/** Simulated fleets: how often the interval of a class covers what is true, and how often a host is called odd. */
import {
  clusterMean,
  meanOf,
  varianceOf,
  type Cluster,
} from '../../../bench/statistics/clusters/cluster-mean.ts';
import { oddP, oddValues } from '../../../bench/statistics/odd-values.ts';
import { ascending, quantile } from '../../../bench/statistics/quantile.ts';
import { seededRandom } from '../../../bench/statistics/random.ts';
import { studentInterval, studentMean } from '../../../bench/statistics/student-mean.ts';
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
 * @param family of how many figures this is one
 * @param slower the first of the hosts is by so much slower; 0: all are equal but for their spread
 * @returns shares of the trials in which any other host is called odd, and in which the first one is
 */
export function oddRates(
  shape: FleetShape,
  slower: number,
  trials: number,
  seed: number,
  family = 1,
): { wrong: number; found: number } {
  const random = seededRandom(seed);
  let wrong = 0;
  let found = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    const clusters = fleetOf(shape, random);
    const values = clusters.map(({ estimate }) => estimate);
    values[0] = (values[0] as number) + Math.log1p(slower);
    const own = {
      sd: Math.sqrt(meanOf(clusters.map(({ replicates }) => varianceOf(replicates)))),
      freedom: shape.hosts * (shape.samples - 1),
    };
    const odd = oddValues(values, own).flatMap((each) => (oddP(each, family) === null ? [] : [each.index]));
    if (odd.includes(0) && slower > 0) found += 1;
    if (odd.some((index) => index !== 0 || slower === 0)) wrong += 1;
  }
  return { wrong: wrong / trials, found: found / trials };
}

/**
 * Two fleets of the same hosts, of which the second is by `change` slower.
 *
 * @returns share of the trials whose interval of the change covers it
 */
export function changeCoverageOf(shape: FleetShape, change: number, trials: number, seed: number): number {
  const random = seededRandom(seed);
  const truth = Math.log1p(change);
  let covered = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    const differences = truthsOf(shape, random).map(
      (host) => medianOf(samplesOf(host + truth, shape, random)) - medianOf(samplesOf(host, shape, random)),
    );
    const mean = studentMean(differences);
    const interval = mean && studentInterval(mean);
    if (interval && interval.low <= truth && interval.high >= truth) covered += 1;
  }
  return covered / trials;
}

function fleetOf(shape: FleetShape, random: () => number): Cluster[] {
  return truthsOf(shape, random).map((truth, host) => {
    const values = samplesOf(truth, shape, random);
    return {
      estimate: medianOf(values),
      replicates: replicatesOfMedian(ascending(values), host + Math.floor(random() * 2 ** 30)),
    };
  });
}

/** What each host really is. */
function truthsOf({ hosts, between, noise }: FleetShape, random: () => number): number[] {
  return Array.from({ length: hosts }, () => between * draw(noise, random));
}

function samplesOf(truth: number, { samples, within, noise }: FleetShape, random: () => number): number[] {
  return Array.from({ length: samples }, () => truth + within * draw(noise, random));
}

function medianOf(values: readonly number[]): number {
  return quantile(ascending(values), 0.5);
}

/** With a standard deviation of about one; heavy tails: every tenth value is from one three times as wide. */
function draw(noise: FleetShape['noise'], random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  if (noise === 'normal') return normal;
  return (random() < 0.1 ? 3 : 1) * normal * 0.745;
}
