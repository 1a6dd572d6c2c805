/**
 * The record, run.json: everything a report or a check needs. This schema is its only definition: the types are
 * inferred from it and `tare schema record` prints it. All times are milliseconds, all sizes bytes.
 */
import { z } from 'zod';
import { canarySchema } from './canary.ts';
import { densitySchema } from './density.ts';
import { driftSchema } from './drift.ts';
import { host } from './host.ts';
import { samplingSchema } from './sampling.ts';

export const schemaVersion = 1;

const condition = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
  .describe(
    'What tells this result from others of its metric: the state or option under which it was taken.',
  );

const limits = z.strictObject({ cpus: z.number().positive(), memoryBytes: z.int().positive() });

const sample = z.strictObject({
  value: z.number(),
  block: z.int().min(0).describe('Block in which it was taken; block 0 is the warm-up.'),
  at: z.string().describe('Wall-clock time, ISO 8601.'),
  instance: z.string().optional().describe('Instance it was taken from; its logs are in logs/<instance>/.'),
  earliest: z
    .number()
    .optional()
    .describe(
      'For a moment found by polling: the last failed attempt. The true value lies in [earliest, value].',
    ),
  excluded: z
    .string()
    .optional()
    .describe('Why it is not in the summary. Excluded samples keep their value.'),
});

const summary = z.strictObject({
  n: z.int().min(0).describe('Samples that are not excluded.'),
  min: z.number().nullable(),
  max: z.number().nullable(),
  mean: z.number().nullable(),
  sd: z.number().nullable().describe('Sample standard deviation (n - 1).'),
  median: z.number().nullable(),
  p90: z.number().nullable(),
  p99: z.number().nullable(),
  ciLow: z.number().nullable().describe('Interval of the median; null below 6 samples.'),
  ciHigh: z.number().nullable(),
  ciLevel: z.number().nullable().describe('Level the interval really has, at least 0.95; null without one.'),
});

const yes = z.literal(true).optional();

const result = z.strictObject({
  platform: z.string(),
  measure: z.string(),
  title: z
    .string()
    .optional()
    .describe('Heading of the figures of this measure. Records of version 0.1.0 have none.'),
  metric: z.string(),
  lens: z.string().optional(),
  unit: z
    .enum(['ms', 'virtual ms', 'bytes', 'count', 'ratio', 'share', 'yes-no', 'rps'])
    .describe('A share is of 1. yes-no: 1 or 0 for each try.'),
  better: z.enum(['lower', 'higher']),
  definition: z.string().describe('What was measured, in words.'),
  isPart: yes.describe('A share of another figure, which it explains; it is not compared.'),
  isExact: yes.describe('Repeating the measurement cannot change it, such as the size of a file.'),
  isSingle: yes.describe('The run observes it once for each platform, so it has no interval of its own.'),
  condition,
  samples: z.array(sample),
  summary,
});

const comparison = z.strictObject({
  metric: z.string(),
  lens: z.string().optional(),
  condition,
  platform: z.string(),
  against: z.string(),
  ratio: z.number().describe('Median of the platform over median of the baseline platform.'),
  ciLow: z.number().nullable().describe('Interval of the ratio; null where a side has fewer than 6 samples.'),
  ciHigh: z.number().nullable(),
  difference: z.number().describe('Median minus median, in the unit of the metric.'),
});

const variant = z
  .strictObject({
    ab: z.string().describe('What the variants of one A/B have in common.'),
    name: z.string(),
  })
  .describe('Only of a run whose blocks were sampled in turn with those of others (tare compare --ab).');

const lab = z.strictObject({
  accel: z.enum(['kvm', 'tcg']).describe('What drives the processors of the lab itself.'),
  clock: z
    .enum(['real', 'virtual'])
    .describe('virtual: times are in `virtual ms`, a million executed instructions each.'),
  cpus: z.int(),
  memoryBytes: z.int(),
  vmm: z.string().describe('The VMM that runs it and its version.'),
  digest: z.string().describe("Of the lab's disk, kernel and initrd."),
  outside: host.describe('The machine that the lab ran on; `host` is the lab.'),
  restarts: z
    .array(z.strictObject({ at: z.string(), reason: z.string() }))
    .optional()
    .describe('The lab hung and was started again: when, and what its console said last.'),
});

const platform = z.strictObject({
  id: z.string(),
  runner: z.string(),
  kind: z.enum(['process', 'container', 'vm', 'unknown']),
  accel: z.enum(['kvm', 'tcg', 'none', 'unknown']),
  guest: z.enum(['minimal', 'full']).nullable(),
  version: z.string(),
  network: z.string(),
  limits: limits.nullable().describe('Null where nobody knows them, as for an imported record.'),
  options: z.record(z.string(), z.unknown()),
  payloadDigest: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  inside: z
    .record(z.string(), z.string())
    .nullable()
    .describe(
      'What the workload saw from inside: memory limit, CPUs, kernel, JVM flags. Null where nothing answers.',
    ),
  skipped: z
    .strictObject({ reason: z.string(), remedy: z.string() })
    .nullable()
    .describe('Why this platform was not run; null when it was.'),
});

const otherRun = z.strictObject({
  id: z.string().describe('What its namespace, cgroup and folders are named after: `tare-<id>`.'),
  pid: z.int().describe('Of its process.'),
  at: z.string().describe('When it was first seen, ISO 8601.'),
});

const gate = z.strictObject({
  id: z.string(),
  verdict: z.enum(['pass', 'fail', 'inconclusive', 'skipped']),
  level: z.enum(['off', 'warn', 'error']),
  expected: z.string(),
  found: z.string(),
  detail: z.string(),
});

const fairness = z.strictObject({
  level: z.enum(['error', 'warn', 'note']),
  code: z.string(),
  platforms: z.array(z.string()),
  groups: z
    .array(z.array(z.string()))
    .optional()
    .describe(
      'The same platforms, by what they differ in: those of one group are alike, and may be compared with each other.',
    ),
  message: z.string(),
  remedy: z.string(),
});

const failure = z.strictObject({
  platform: z.string(),
  measure: z.string(),
  instance: z.string().nullable(),
  block: z.int().nullable(),
  code: z.string(),
  message: z.string(),
  lines: z.array(z.string()).describe('Last lines of the log.'),
  log: z.string().nullable().describe('Path of the log, relative to the run directory.'),
});

export const recordSchema = z
  .strictObject({
    schemaVersion: z.literal(schemaVersion),
    run: z.strictObject({
      id: z.string(),
      startedAt: z.string(),
      finishedAt: z.string(),
      tareVersion: z.string(),
      seed: z.int(),
      commit: z
        .string()
        .optional()
        .describe(
          'Commit of the repository in whose folder it was started; ends in `-dirty` where files differed from it. Not there outside a repository.',
        ),
      extensions: z
        .int()
        .min(1)
        .optional()
        .describe('How often `tare check` has added blocks, because a gate was inconclusive.'),
      sampling: samplingSchema.optional(),
      variant: variant.optional(),
      otherRuns: z
        .array(otherRun)
        .optional()
        .describe('Other runs of Tare that were alive on this machine while this one measured.'),
      imported: z
        .strictObject({
          file: z.string().describe('Name of the file that the samples were read from.'),
          at: z.string().describe('When that was, ISO 8601.'),
        })
        .optional()
        .describe(
          'Only of a record that `tare import` made of the samples of others: Tare has measured nothing of it.',
        ),
      status: z.enum(['complete', 'partial', 'failed']),
      harness: z.strictObject({
        peakRssBytes: z.int().describe('Peak resident memory of the harness.'),
        proberCpuPercent: z
          .number()
          .nullable()
          .describe('CPU of the prober over the run, percent of one core.'),
        tracer: z.string().describe('Whether kernel tracing served for marks, and if not, why.'),
        idleCpus: z
          .enum(['poll', 'as-is'])
          .optional()
          .describe('What idle CPUs did while startup was measured: `poll`, or as the machine has it.'),
        cpus: z.string().describe('Which CPUs instances ran on and which were kept for the harness.'),
      }),
      scenario: z.record(z.string(), z.unknown()).describe('The resolved scenario.'),
    }),
    host,
    canary: canarySchema
      .optional()
      .describe('A fixed piece of work, timed before each block: how fast the machine itself was.'),
    lab: lab.optional().describe('Only of a run inside a lab (tare lab run).'),
    workload: z.strictObject({
      name: z.string(),
      description: z.string(),
      payloadDigest: z.string(),
      files: z.int(),
      bytes: z.int(),
      packages: z.array(z.strictObject({ name: z.string(), version: z.string() })),
      image: z
        .strictObject({
          name: z.string().describe('As the workload has it.'),
          digest: z
            .string()
            .describe('Of the manifest where a registry knows the image by it, else of the configuration.'),
        })
        .optional()
        .describe('The container image that the payload is made of; not there where it is made of none.'),
    }),
    platforms: z.array(platform),
    results: z.array(result),
    comparisons: z.array(comparison),
    density: z.array(densitySchema).describe('How many instances fit into a budget, per platform.'),
    drift: z
      .array(driftSchema)
      .optional()
      .describe(
        'Which files differ from the image, or between two instances; without the measure `drift` not there.',
      ),
    gates: z.array(gate),
    fairness: z.array(fairness),
    failures: z.array(failure),
  })
  .describe('Record of one Tare run (run.json).');

export type RunRecord = z.infer<typeof recordSchema>;
export type RecordedSample = z.infer<typeof sample>;
export type RecordedSummary = z.infer<typeof summary>;
export type RecordedResult = z.infer<typeof result>;
export type RecordedComparison = z.infer<typeof comparison>;
export type RecordedPlatform = z.infer<typeof platform>;
export type RecordedHost = z.infer<typeof host>;
export type RecordedLab = z.infer<typeof lab>;
export type RecordedGate = z.infer<typeof gate>;
export type RecordedFinding = z.infer<typeof fairness>;
export type RecordedOtherRun = z.infer<typeof otherRun>;
export type RecordedVariant = z.infer<typeof variant>;
export type RecordedFailure = z.infer<typeof failure>;
