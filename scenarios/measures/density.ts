/** The measure `density`: its options, and which of them contradict each other. */
import { z } from 'zod';
import type { Path } from '../loader/source.ts';
import type { ResolvedPlatform } from '../resolved.ts';
import { duration, number, size, wholeNumber } from '../schema/fields.ts';
import { formatDuration, formatSize } from '../schema/quantities.ts';
import { densityWays, mergingStates, type DensityWay, type MergingState } from '../schema/allowed-words.ts';
import { defineMeasure, type OptionMistake } from './measure.ts';
import { bytes } from './metric.ts';

/** How many instances fit into a budget. */
export interface ResolvedDensity {
  /** The server: what all instances of a platform share. */
  budget: { memoryBytes: number; cpus: number; diskBytes: number | null };
  way: DensityWay;
  /** Instances that a step adds, and how many of them start at the same time. */
  batch: { size: number; concurrency: number };
  /** On every instance, all the time of a step. */
  load: { rpsPerInstance: number; durationMs: number };
  /** Over all instances; `errors` is the share of requests that may fail, 0 to 1. */
  slo: { p99Ms: number; errors: number };
  /** PSI `full avg10` of memory that ends it, percent. */
  pressurePercent: number;
  /** Startup of the newest over that of the first that ends it. */
  startupFactor: number;
  /** The most instances that are tried. */
  cap: number;
  /** The longest that one platform may take, without the hold. */
  timeMs: number;
  /** How long the figure is held. */
  holdMs: number;
  samePageMerging: MergingState;
  /** Null: not asked for. */
  minimumMemory: ResolvedMinimumMemory | null;
}

/** Bisection of the memory limit. */
export interface ResolvedMinimumMemory {
  /** Where the bisection begins; the platform's own limit is its upper end. */
  fromBytes: number;
  /** Two limits this close are told apart no further. */
  precisionBytes: number;
}

const mebibyte = 2 ** 20;
const tebibyte = 2 ** 40;
const hour = 3_600_000;

const budget = z
  .strictObject({
    memory: size(16 * mebibyte, 16 * tebibyte).describe(
      'Memory of all instances together, page cache included.',
    ),
    cpus: number(0.1, 1024).describe('CPUs of all instances together.'),
    disk: size(mebibyte, 1024 * tebibyte)
      .optional()
      .describe('What the layers of all instances may occupy on disk; without it that is not limited.'),
  })
  .describe('The server that the instances of one platform share.');

const batch = z
  .strictObject({
    size: wholeNumber(1, 1000).prefault(1).describe('Instances that a round of the ramp adds.'),
    concurrency: wholeNumber(1, 256).prefault(2).describe('How many instances start at the same time.'),
  })
  .prefault({})
  .describe('How instances are added.');

const load = z
  .strictObject({
    rps: number(0.01, 1000).prefault(2).describe('Requests per second to every instance, at fixed times.'),
    duration: duration(500, hour).prefault('5s').describe('How long every round is under load.'),
  })
  .prefault({})
  .describe('Load on all instances at once.');

const slo = z
  .strictObject({
    p99: duration(1, hour).prefault('1s').describe('Latency that 99 % of the good answers stay below.'),
    errors: number(0, 1).prefault(0).describe('Share of the requests that may fail, 0 to 1.'),
  })
  .prefault({})
  .describe('What "serving" means, over all instances.');

const minimumMemory = z
  .strictObject({
    from: size(4 * mebibyte, 16 * tebibyte)
      .prefault('8MiB')
      .describe("Lower end of the bisection; its upper end is the platform's own limit."),
    precision: size(mebibyte, tebibyte)
      .prefault('16MiB')
      .describe('The bisection ends when two limits are this close.'),
  })
  .optional()
  .describe('Also find the smallest memory limit under which one instance still serves.');

const schema = z
  .strictObject({
    budget,
    way: z
      .enum(densityWays)
      .prefault('ramp')
      .describe('`ramp` adds batch by batch; `search` jumps by a model of the memory. Both hold the figure.'),
    batch,
    load,
    slo,
    pressure: number(0.1, 100)
      .prefault(20)
      .describe(
        'Memory pressure that ends it, percent of 10 s: PSI full of the budget, or some of the machine.',
      ),
    'startup-factor': number(1, 1000)
      .prefault(3)
      .describe('It ends when the newest take this many times the startup of the first.'),
    cap: wholeNumber(1, 60_000).prefault(1000).describe('The most instances that are tried.'),
    time: duration(1000, 24 * hour)
      .prefault('20m')
      .describe('The longest that one platform may take.'),
    hold: duration(1000, hour).prefault('10s').describe('How long the figure is held, all of them serving.'),
    'same-page-merging': z
      .enum(mergingStates)
      .prefault('as-is')
      .describe(
        'Kernel same-page merging: `off`, `on` and settled in every round, or `as-is`, as the machine has it.',
      ),
    'minimum-memory': minimumMemory,
  })
  .describe('How many instances fit into a budget, and what stops the next one.');

export const density = defineMeasure<typeof schema, ResolvedDensity>({
  title: 'Density',
  schema,
  takes: 'server',
  resolve,
  mistakes,
  metrics: {
    'density.instances': {
      unit: 'count',
      better: 'higher',
      definition:
        'Instances that were held within the budget for a stated time, with every one of them serving.',
      isSingle: true,
    },
    'density.minimumMemory': {
      ...bytes('Smallest memory limit under which one instance started and served within the objective.'),
      isSingle: true,
    },
  },
});

function resolve(written: z.output<typeof schema>): ResolvedDensity {
  const { budget: server, 'minimum-memory': minimum } = written;
  return {
    budget: { memoryBytes: server.memory, cpus: server.cpus, diskBytes: server.disk ?? null },
    way: written.way,
    batch: written.batch,
    load: { rpsPerInstance: written.load.rps, durationMs: written.load.duration },
    slo: { p99Ms: written.slo.p99, errors: written.slo.errors },
    pressurePercent: written.pressure,
    startupFactor: written['startup-factor'],
    cap: written.cap,
    timeMs: written.time,
    holdMs: written.hold,
    samePageMerging: written['same-page-merging'],
    minimumMemory: minimum ? { fromBytes: minimum.from, precisionBytes: minimum.precision } : null,
  };
}

/** Options that contradict each other or the platforms' limits. */
function mistakes(options: ResolvedDensity, platforms: readonly ResolvedPlatform[]): OptionMistake[] {
  const found: OptionMistake[] = [];
  const wrong = (path: Path, message: string): void => void found.push({ path, message });
  const {
    budget: server,
    batch: each,
    cap,
    load: roundLoad,
    timeMs,
    holdMs,
    minimumMemory: minimum,
  } = options;
  for (const { id, limits } of platforms) {
    if (limits.memoryBytes > server.memoryBytes) {
      const [whole, one] = [formatSize(server.memoryBytes), formatSize(limits.memoryBytes)];
      wrong(
        ['budget', 'memory'],
        `${whole} is smaller than one instance of ${id} (${one}); expected at least its limit`,
      );
    }
    if (limits.cpus > server.cpus) {
      wrong(
        ['budget', 'cpus'],
        `${server.cpus} is less than the ${limits.cpus} that one instance of ${id} may use; expected at least its limit`,
      );
    }
    if (minimum && minimum.fromBytes >= limits.memoryBytes) {
      const [from, most] = [formatSize(minimum.fromBytes), formatSize(limits.memoryBytes)];
      wrong(
        ['minimum-memory', 'from'],
        `${from} leaves nothing to search below the limit of ${id} (${most}); expected less`,
      );
    }
  }
  if (each.size > cap) {
    wrong(['cap'], `${cap} is less than one batch (${each.size}); expected at least as many`);
  }
  if (timeMs < roundLoad.durationMs) {
    wrong(
      ['time'],
      `${formatDuration(timeMs)} is less than the load of one round (${formatDuration(roundLoad.durationMs)}); expected more`,
    );
  }
  for (const [key, durationMs] of [
    ['load', roundLoad.durationMs],
    ['hold', holdMs],
  ] as const) {
    if (roundLoad.rpsPerInstance * durationMs >= 1000) continue;
    wrong(
      key === 'load' ? ['load', 'duration'] : ['hold'],
      `${formatDuration(durationMs)} at ${roundLoad.rpsPerInstance} requests per second asks no instance even once; expected longer`,
    );
  }
  return found;
}
