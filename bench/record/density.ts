/**
 * What the measure `density` leaves in the record: one entry per platform. Times are milliseconds, sizes bytes, PSI
 * and CPU percent. The figure is `instances`: as many as were held for a stated time with every one of them serving.
 */
import { z } from 'zod';

/** What ended the search for more instances, in the order in which causes are looked for. */
const densityLimits = [
  'out-of-memory',
  'instance-died',
  'start-failed',
  'kernel-limit',
  'not-ready',
  'slo',
  'pressure',
  'startup',
  'disk',
  'cap',
  'time',
] as const;

/** These end the search without having found what stops it: there is room for more. */
export function isOpenEnd(by: (typeof densityLimits)[number]): boolean {
  return by === 'cap' || by === 'time';
}

const load = z
  .strictObject({
    durationMs: z.number(),
    offered: z.int().describe('Requests that rate, duration and instances ask for.'),
    ok: z.int().describe('Complete good answers.'),
    errors: z.int().describe('Offered and not ok.'),
    p50Ms: z.number().nullable().describe('Null where nothing was answered well.'),
    p90Ms: z.number().nullable(),
    p99Ms: z.number().nullable(),
    maxMs: z.number().nullable(),
    sendLagMaxMs: z
      .number()
      .describe('Largest lag between intended and real send time: the generator itself.'),
  })
  .describe('Open-loop load on all instances at once; latency counts from the intended send time.');

const worst = z
  .strictObject({
    instance: z.string(),
    offered: z.int(),
    errors: z.int(),
    p99Ms: z.number().nullable(),
    lastError: z.string().nullable(),
  })
  .describe('The instance with the most errors, among equals the slowest.');

const pressure = z
  .strictObject({
    source: z.enum(['budget', 'host']).describe('Whose pressure: that of the budget alone needs cgroup v2.'),
    memorySomeAvg10: z.number(),
    memoryFullAvg10: z.number(),
    cpuSomeAvg10: z.number().nullable(),
  })
  .nullable()
  .describe('Pressure stall information, percent of the last 10 s; null where the kernel has none.');

const point = z.strictObject({
  n: z.int().describe('Instances up in this round.'),
  at: z.number().describe('Since this platform began, ms.'),
  starts: z.int().describe('Instances started so far, those of earlier steps included.'),
  good: z.boolean().describe('Whether all of them served, within every limit.'),
  memory: z
    .record(z.string(), z.number())
    .describe('Sum over all instances by lens; `host` is the fall of MemAvailable since before the first.'),
  pressure,
  cpuPercent: z.number().describe('CPU of all instances while under load, percent of one core.'),
  load,
  worst: worst.nullable(),
  startup: z
    .strictObject({ instances: z.int(), medianMs: z.number(), maxMs: z.number() })
    .nullable()
    .describe('Of the instances started for this round; null when none was.'),
});

const limit = z.strictObject({
  by: z.enum(densityLimits),
  n: z.int().describe('Instances that were tried when it was hit.'),
  detail: z.string(),
  instance: z.string().nullable().describe('The instance that showed it first.'),
  evidence: z.array(z.string()).describe("The kernel's own lines, pressure, latencies, last log lines."),
});

const held = z.strictObject({
  n: z.int(),
  at: z.number().describe('Since this platform began, ms.'),
  load,
  worst: worst.nullable(),
  memory: z.record(z.string(), z.number()),
  pressure,
});

const slope = z.strictObject({
  lens: z.string(),
  bytesPerInstance: z.number().describe('Theil–Sen slope over the steps that were good.'),
  ciLow: z.number().nullable(),
  ciHigh: z.number().nullable(),
  ciLevel: z.number().nullable(),
  interceptBytes: z.number().describe('Fixed cost: what the first takes beyond a further one.'),
  points: z.int(),
});

const extrapolation = z.strictObject({
  budgetBytes: z.number(),
  instances: z.int(),
  low: z.int().nullable(),
  high: z.int().nullable(),
});

const minimumMemory = z.strictObject({
  bytes: z
    .number()
    .nullable()
    .describe('Smallest limit that served within the SLO; null: not even the largest.'),
  refusedBytes: z.number().nullable().describe('Largest limit that did not; null: none was refused.'),
  steps: z.array(
    z.strictObject({
      bytes: z.number(),
      serves: z.boolean(),
      startupMs: z.number().nullable(),
      p99Ms: z.number().nullable(),
      detail: z.string().describe('Why it does not serve; empty where it does.'),
    }),
  ),
});

export const densitySchema = z.strictObject({
  platform: z.string(),
  budget: z.strictObject({
    memoryBytes: z.number(),
    cpus: z.number(),
    diskBytes: z.number().nullable(),
  }),
  way: z
    .enum(['ramp', 'search'])
    .describe('ramp: batch by batch. search: by a model of the memory. Both hold the figure in the end.'),
  conditions: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .describe('State of the host under which it was measured: same-page merging, page cache, swap.'),
  instances: z.int().nullable().describe('The figure: as many as were held. Null: cut off before that.'),
  limit: limit.nullable().describe('What stopped the next one. Null: cut off before that.'),
  held: held.nullable().describe('The proof of the figure. Null: nothing was held.'),
  starts: z.int().describe('Instances started in all.'),
  rounds: z.int().describe('Times that instances were started or ended and all of them then put under load.'),
  curve: z.array(point).describe('Every round in its order.'),
  slope: z.array(slope),
  extrapolation: z.array(extrapolation).describe('At most three times what was measured; labelled as such.'),
  minimumMemory: minimumMemory.nullable(),
});

export type RecordedDensity = z.infer<typeof densitySchema>;
export type DensityPoint = z.infer<typeof point>;
export type MinimumMemory = z.infer<typeof minimumMemory>;
