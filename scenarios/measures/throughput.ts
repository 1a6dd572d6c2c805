/** The measure `throughput`: how much one instance serves, and what each request costs. */
import { z } from 'zod';
import { duration, number, wholeNumber } from '../schema/fields.ts';
import { defineMeasure } from './measure.ts';
import { ms } from './metric.ts';
import { followingSamples, sampling } from './samples.ts';

export interface ThroughputOptions {
  samples: number;
  /** Of each load whose figures count. */
  durationMs: number;
  /** Loads until three in a row agree; most of 0: none. */
  warmUp: { windowMs: number; mostMs: number };
  /** Kept-alive connections at saturation; null: found out once for each platform. */
  connections: number | null;
  /** Shares of the baseline's saturation that every platform is asked at. */
  rates: number[];
}

const hour = 3_600_000;

const schema = z
  .strictObject({
    samples: followingSamples,
    duration: duration(1000, hour).prefault('30s').describe('How long each load is whose figures count.'),
    'warm-up': z
      .strictObject({
        window: duration(500, hour).prefault('5s').describe('Length of a load.'),
        most: duration(0, hour)
          .prefault('120s')
          .describe('No further load begins after that; 0s: no warm-up.'),
      })
      .prefault({})
      .describe('Loads before the first that counts, until three in a row differ by at most 2 %.'),
    connections: wholeNumber(1, 1024)
      .optional()
      .describe(
        'Kept-alive connections at saturation; without it doubled, once for each platform, until two steps gain less than 3 %.',
      ),
    rates: z
      .array(number(0.01, 1))
      .prefault([0.25, 0.5, 0.75])
      .describe(
        "Shares of the baseline platform's saturation, at which every platform is asked at fixed times; an empty list: none.",
      ),
  })
  .describe(
    'Requests per second at saturation; latency and CPU time per request, there and at the same rate for all.',
  );

const lenses: Readonly<Record<string, string>> = {
  instance: "of the instance's cgroup, for a VM with the kernel threads that serve it",
  engine: 'of the engines and helpers that serve all containers, outside of the instance',
  machine: 'of the whole machine, less what it uses at rest, and less the load generator and the prober',
  unclaimed: 'that the machine lost and neither instance nor engine claims',
};

const latency = (share: string): ReturnType<typeof ms> =>
  ms(
    `Latency that ${share} of the good answers stay below; at a fixed rate from the intended send time, or from when it left where that is earlier.`,
  );

export const throughput = defineMeasure<typeof schema, ThroughputOptions>({
  title: 'Throughput',
  schema,
  takes: 'server',
  resolve: (written, usual) => ({
    samples: written.samples ?? usual.samples,
    durationMs: written.duration,
    warmUp: { windowMs: written['warm-up'].window, mostMs: written['warm-up'].most },
    connections: written.connections ?? null,
    rates: written.rates,
  }),
  sampling: sampling(),
  metrics: {
    'throughput.rps': {
      unit: 'rps',
      better: 'higher',
      definition:
        'Good answers per second at saturation: a closed loop (wrk) over as many kept-alive connections as still gain.',
    },
    'throughput.offered': {
      unit: 'rps',
      better: 'higher',
      definition: 'Requests per second that were sent at fixed times, the same for every platform.',
      isPart: true,
    },
    'throughput.errors': {
      unit: 'share',
      better: 'lower',
      definition: 'Share of the requests that were not answered well.',
      isPart: true,
    },
    'throughput.cpu': {
      unit: 'ratio',
      better: 'higher',
      definition: 'CPUs that the instance used at saturation over its limit: 1 if it was the limit.',
      isPart: true,
    },
    'throughput.generator': {
      unit: 'ratio',
      better: 'lower',
      definition: 'CPUs that the load generator used at saturation. From 0.8 on it may have been the limit.',
      isPart: true,
    },
    'latency.p50': latency('half'),
    'latency.p90': latency('90 %'),
    'latency.p99': latency('99 %'),
    'cpu.request': {
      ...ms('CPU time, user and system, for each good answer.'),
      ofLens: (lens) => `CPU time, user and system, for each good answer: ${lenses[lens] ?? lens}.`,
    },
  },
  differences: [
    { level: 'obstacle', what: 'rates of the throughput measure', option: 'rates' },
    { level: 'note', what: 'duration of the throughput measure', option: 'durationMs' },
  ],
});
