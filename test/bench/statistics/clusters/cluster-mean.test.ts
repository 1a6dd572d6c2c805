import { describe, expect, it } from 'vitest';
import { simulatedCoverage } from '../../../../bench/statistics/clusters/coverage.ts';
import { clusterMean, expandedTail } from '../../../../bench/statistics/clusters/cluster-mean.ts';
import {
  studentInterval,
  studentMean,
  studentP,
  welchDifference,
} from '../../../../bench/statistics/student-mean.ts';
import { coverageOf } from '../../../support/fleet/cluster-trials.ts';

const alone = (estimate: number) => ({ estimate, replicates: [estimate] });

describe('a mean over clusters', () => {
  it('is Student’s t below six of them', () => {
    // By hand: mean 3, standard deviation sqrt(2.5), t(4) = 2.776.
    const { value, interval, method, between } = clusterMean([1, 2, 3, 4, 5].map(alone), 1);
    expect([value, method, between]).toEqual([3, 't', Math.sqrt(2.5)]);
    expect(interval?.high).toBeCloseTo(3 + 2.7764 * Math.sqrt(0.5), 2);
  });

  it('knows how much of the variance is of the samples', () => {
    const clusters = [0, 0, 0, 10, 10, 10].map((estimate) => ({
      estimate,
      replicates: [estimate - 1, estimate + 1],
    }));
    const { between, within } = clusterMean(clusters, 1);
    expect(within ** 2).toBeCloseTo(2, 9);
    expect((between ?? 0) ** 2).toBeCloseTo(30 - 2, 9);
  });

  it('has no width where nothing differs, and no interval of one', () => {
    expect(clusterMean([7, 7, 7, 7, 7, 7].map(alone), 1).interval).toEqual({ low: 7, high: 7 });
    expect(clusterMean([alone(7)], 1).interval).toBeNull();
  });

  it('cuts less of the ends the fewer there are', () => {
    // Hesterberg (2015), table 2: 0.0024 for 6, 0.0126 for 15 and 0.0248 for very many.
    expect(expandedTail(6)).toBeCloseTo(0.0024, 3);
    expect(expandedTail(100_000)).toBeCloseTo(0.025, 3);
  });

  // The short form of `npm run bench fleet-coverage`: the shape that covers least there.
  it.each([3, 6, 20, 100])('covers what it says with %d clusters', (hosts) => {
    const shape = { hosts, samples: 30, between: 0.05, within: 0.05, noise: 'heavy tails' } as const;
    const trials = hosts > 20 ? 40 : 150;
    const error = Math.sqrt((0.06 * 0.94) / trials);
    expect(coverageOf(shape, trials, 11)).toBeGreaterThan(simulatedCoverage(hosts) - 3 * error);
  });

  it('says what simulation shows of fleets that are not in the table', () => {
    expect(simulatedCoverage(7)).toBe(simulatedCoverage(6));
    expect(simulatedCoverage(5000)).toBe(simulatedCoverage(100));
  });
});

describe('means of hosts', () => {
  it('agree with SciPy', () => {
    // SciPy 1.17.1 is what t tests are known by; these follow from Student's own sleep data (1908), paired: t = 4.0621, p = 0.002833.
    const sleep = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];
    const mean = studentMean(sleep);
    expect(mean && mean.value / mean.error).toBeCloseTo(4.0621, 4);
    expect(mean && studentP(mean, 0)).toBeCloseTo(0.002833, 6);
    expect(mean && studentInterval(mean).low).toBeCloseTo(0.7001, 2);
  });

  it('of two sets need not scatter alike', () => {
    // The same data unpaired, as in R's t.test: t = -1.8608, df = 17.776.
    const drug1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
    const drug2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    const difference = welchDifference(drug1, drug2);
    expect(difference && difference.value / difference.error).toBeCloseTo(-1.8608, 4);
    expect(difference?.degrees).toBe(17);
    expect(welchDifference([1], drug2)).toBeNull();
  });
});
