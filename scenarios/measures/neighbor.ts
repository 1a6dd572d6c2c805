/** The measure `neighbor`: what one instance suffers from another on the same machine. */
import { z } from 'zod';
import type { ResolvedPlatform } from '../resolved.ts';
import { aggressorKinds, limitStates, type AggressorKind, type LimitState } from '../schema/allowed-words.ts';
import { duration, number, size, wholeNumber } from '../schema/fields.ts';
import { formatSize } from '../schema/quantities.ts';
import { defineMeasure, type OptionMistake } from './measure.ts';

export interface NeighborOptions {
  /** Of windows, with and without the aggressor. */
  pairs: number;
  aggressors: AggressorKind[];
  limits: LimitState[];
  windowMs: number;
  /** Before each window. */
  settleMs: number;
  /** Share of the victim's own saturation that it is asked at. */
  load: number;
  /** What victim and aggressor have together. */
  budget: { memoryBytes: number; cpus: number; processes: number };
  /** The most processes of the aggressor where limits are on. */
  processes: number;
}

const mebibyte = 2 ** 20;
const minute = 60_000;

const schema = z
  .strictObject({
    pairs: wholeNumber(1, 10_000)
      .prefault(10)
      .describe('Pairs of windows, one with and one without the aggressor; their order alternates.'),
    aggressors: z
      .array(z.enum(aggressorKinds, `expected one of ${aggressorKinds.join(', ')}`))
      .min(1, 'expected at least one aggressor')
      .prefault(['cpu', 'memory', 'memory-bandwidth', 'fork', 'disk', 'network', 'kernel'])
      .describe('What the aggressor does, one after the other; idle does nothing and tests the instrument.'),
    limits: z
      .array(z.enum(limitStates, `expected one of ${limitStates.join(', ')}`))
      .min(1, 'expected off, on or both')
      .prefault([...limitStates])
      .describe(
        "off: what the platform has by default, nothing for containers; on: the scenario's limits, and one of the number of processes. A VM always has its memory and its CPUs, and is tried with limits off alone.",
      ),
    window: duration(500, 10 * minute)
      .prefault('20s')
      .describe('How long each window is.'),
    settle: duration(0, 10 * minute)
      .prefault('5s')
      .describe('What passes before each window.'),
    load: number(0.01, 1)
      .prefault(0.5)
      .describe('What the victim is asked, as a share of what it can answer alone.'),
    budget: z
      .strictObject({
        memory: size(64 * mebibyte, 2 ** 44)
          .prefault('512MiB')
          .describe('Memory of both together, without swap.'),
        cpus: number(0.1, 1024).prefault(1).describe('CPUs of both together.'),
        processes: wholeNumber(64, 100_000)
          .prefault(512)
          .describe('The most processes and threads of both together.'),
      })
      .prefault({})
      .describe('The server that victim and aggressor share; nothing of either reaches beyond it.'),
    processes: wholeNumber(16, 100_000)
      .prefault(64)
      .describe('The most processes of the aggressor where limits are on.'),
  })
  .describe(
    'Latency and throughput of an instance beside an aggressor of the same platform, as multiples of those without it.',
  );

export const neighbor = defineMeasure<typeof schema, NeighborOptions>({
  title: 'Neighbor',
  schema,
  takes: 'server',
  resolve: (written) => ({
    pairs: written.pairs,
    aggressors: [...new Set(written.aggressors)],
    limits: [...new Set(written.limits)],
    windowMs: written.window,
    settleMs: written.settle,
    load: written.load,
    budget: {
      memoryBytes: written.budget.memory,
      cpus: written.budget.cpus,
      processes: written.budget.processes,
    },
    processes: written.processes,
  }),
  mistakes,
  metrics: {
    'neighbor.latency.p99': {
      unit: 'ratio',
      better: 'lower',
      definition:
        'Latency that 99 % of the requests to an instance stay below while its neighbor is an aggressor, over that of the window beside it without one. A request that is not answered well counts as 10 s.',
    },
    'neighbor.throughput': {
      unit: 'ratio',
      better: 'higher',
      definition: 'Good answers for each request while the neighbor is an aggressor, over those without one.',
    },
    'neighbor.errors': {
      unit: 'share',
      better: 'lower',
      definition: 'Share of the requests that were not answered well while the neighbor is an aggressor.',
      isPart: true,
    },
    'neighbor.died': {
      unit: 'yes-no',
      better: 'lower',
      definition: 'Whether the instance died of its neighbor: 1 or 0 for each window.',
      isPart: true,
    },
    'neighbor.offered': {
      unit: 'rps',
      better: 'higher',
      definition: 'Requests per second to the instance, with and without an aggressor.',
      isPart: true,
    },
    'neighbor.work': {
      unit: 'rps',
      better: 'higher',
      definition: 'Steps of its work that the aggressor did each second: proof that it pushed.',
      isPart: true,
    },
    'neighbor.lost': {
      unit: 'yes-no',
      better: 'lower',
      definition: 'Whether the aggressor itself died of what it did: 1 or 0 for each window.',
      isPart: true,
    },
  },
  differences: [
    { level: 'obstacle', what: 'load of the neighbor measure', option: 'load' },
    { level: 'note', what: 'window of the neighbor measure', option: 'windowMs' },
  ],
});

function mistakes({ budget }: NeighborOptions, platforms: readonly ResolvedPlatform[]): OptionMistake[] {
  return platforms.flatMap(({ id, limits }) => {
    if (2 * limits.memoryBytes <= budget.memoryBytes) return [];
    const [whole, one] = [formatSize(budget.memoryBytes), formatSize(limits.memoryBytes)];
    const message = `${whole} is not enough for two instances of ${id} (${one} each); expected at least twice its limit`;
    return [{ path: ['budget', 'memory'], message }];
  });
}
