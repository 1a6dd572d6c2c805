/**
 * What `tare fleet merge` makes of the records of many hosts. This schema is its only definition: the types are inferred
 * from it and `tare schema fleet` prints it. Times are milliseconds, sizes bytes, ratios plain numbers (1.12 is 12 % more).
 */
import { z } from 'zod';
import { figureKey } from './figure-key.ts';
import { recordSchema } from './schema.ts';

export const fleetVersion = 1;

/** As in the record. */
const { metric, lens, condition } = figureKey;
const { kind, accel } = recordSchema.shape.platforms.element.shape;
const { status } = recordSchema.shape.run.shape;

const fact = z.strictObject({ fact: z.string(), value: z.string() });

const run = z.strictObject({
  file: z.string().describe('Its record, from the folder that was named.'),
  id: z.string(),
  host: z.int().min(0).describe('Index in `hosts`.'),
  startedAt: z.string(),
  tareVersion: z.string(),
  seed: z.int(),
  status,
  samples: z.int().min(0).describe('That count, over all figures.'),
});

const host = z.strictObject({
  name: z.string(),
  nameFrom: z
    .enum(['record', 'folder'])
    .describe("The record's host.name; or the folder that it lay in, where it has none."),
  class: z.int().min(0).describe('Index in `classes`.'),
  circumstances: z.array(fact).describe('What is known of it beside what makes its class.'),
  partial: z.array(z.int().min(0)).describe('Runs that did not come to their end, by index in `runs`.'),
  skipped: z.array(z.strictObject({ platform: z.string(), reason: z.string() })),
  failures: z
    .array(
      z.strictObject({
        platform: z.string(),
        measure: z.string(),
        code: z.string(),
        count: z.int().min(1),
      }),
    )
    .describe('Of its runs, by class of failure.'),
});

const odd = z.strictObject({
  host: z.int().min(0).describe('Index in `hosts`.'),
  metric,
  lens,
  condition,
  platform: z.string().nullable().describe('Null: on all platforms.'),
  ratio: z.number().describe('Its figure over that of the typical host of its class.'),
  direction: z.enum(['better', 'worse']),
  p: z
    .number()
    .describe(
      'Adjusted for all hosts and figures of the fleet. With fewer than 15 hosts it may be that of hosts which are equal but for their samples.',
    ),
});

const common = z
  .strictObject({
    fact: z.string(),
    value: z.string(),
    odd: z.int().min(1).describe('Odd hosts that have it: all of the class.'),
    others: z.int().min(0).describe('Other hosts of the class that have it: fewer than a fifth.'),
  })
  .describe('What odd hosts have in common and most others lack; a hint, not a cause.');

const hostClass = z.strictObject({
  name: z.string().describe('A, B, C …, the largest first.'),
  words: z.string().describe('What tells it from the other classes.'),
  facts: z.array(fact).describe('Hosts that agree in all of them are one class.'),
  hosts: z.array(z.int().min(0)).describe('By index in `hosts`.'),
  odd: z.array(odd),
  common: z.array(common),
});

const estimate = z
  .strictObject({
    value: z.number().describe('Of the typical host: each host counts once.'),
    ciLow: z.number().nullable().describe('Interval at 95 %, with hosts as clusters; null for one host.'),
    ciHigh: z.number().nullable(),
    method: z
      .enum(['bootstrap', 't', 'none'])
      .describe('Hierarchical bootstrap; Student’s t over hosts below 6 of them; none for one host.'),
    coverage: z
      .number()
      .nullable()
      .describe('Lowest coverage that simulation shows for so few hosts; null without an interval.'),
    between: z.number().nullable().describe('Standard deviation of what hosts really are.'),
    within: z.number().describe("Standard deviation that a host's own samples leave open."),
    spread: z
      .enum(['share', 'unit'])
      .describe('Whether `between` and `within` are shares of the value or in its unit.'),
  })
  .describe('A figure of a class.');

const figure = z.strictObject({
  class: z.int().min(0).describe('Index in `classes`.'),
  ...figureKey,
  kind,
  accel,
  hosts: z
    .array(
      z.strictObject({
        host: z.int().min(0).describe('Index in `hosts`.'),
        n: z.int().min(1).describe('Samples that are not excluded.'),
        median: z.number(),
        ratio: z
          .number()
          .nullable()
          .describe(
            'Over the baseline platform on the same host; null where it would be unfair or is not there.',
          ),
      }),
    )
    .min(1),
  value: estimate,
  ratio: estimate.nullable().describe('Over the baseline platform; null where no host has it.'),
});

const gate = recordSchema.shape.gates.element.extend({
  class: z.string().describe('Name of the class that it was judged on.'),
});

const gateRule = z.strictObject({
  id: z.string(),
  metric: z.string(),
  lens: z.string().nullable(),
  platform: z.string(),
  over: z.string().nullable(),
  max: z.number().nullable(),
  min: z.number().nullable(),
  worseBy: z.number().nullable(),
  level: z.enum(['off', 'warn', 'error']),
});

const incident = z.strictObject({
  host: z.string().describe('Name of the node, which may have no record.'),
  lost: z
    .strictObject({
      reason: z.string(),
      blocks: z.int().min(0).describe('That it left.'),
      again: z.string().nullable().describe('Node that ran them instead; null: none did.'),
    })
    .nullable()
    .describe('A task that was given up; null: it was not.'),
  requeued: z.int().min(0).describe('How often the cluster ended the task and began it again, there.'),
});

export const fleetSchema = z
  .strictObject({
    fleetVersion: z.literal(fleetVersion),
    scenario: z.string(),
    baseline: z.string().nullable(),
    workload: z.strictObject({ name: z.string(), payloadDigest: z.string() }),
    firstAt: z.string().describe('When the first of the runs began.'),
    lastAt: z.string().describe('When the last of them began.'),
    tareVersions: z.array(z.string()),
    oddRate: z.number().describe('Share of fleets of equal hosts in which any host is called odd, at most.'),
    runs: z.array(run).min(1),
    hosts: z.array(host).min(1),
    classes: z.array(hostClass).min(1),
    figures: z.array(figure),
    gateRules: z.array(gateRule).describe("The scenario's gates."),
    gates: z.array(gate).describe('Their verdicts, on each class by itself.'),
    incidents: z
      .array(incident)
      .optional()
      .describe('What befell tasks on a cluster (tare fleet run); absent: the records were only merged.'),
    duplicates: z
      .array(z.strictObject({ file: z.string(), of: z.string() }))
      .describe('Records that are there twice; they count once.'),
    leftOut: z
      .array(z.strictObject({ file: z.string(), reason: z.string() }))
      .describe('Records that do not belong to this fleet (--leave-out).'),
  })
  .describe('Record of a fleet of hosts (tare fleet merge --json).');

export type FleetRecord = z.infer<typeof fleetSchema>;
export type FleetHost = z.infer<typeof host>;
export type FleetClass = z.infer<typeof hostClass>;
export type FleetFigure = z.infer<typeof figure>;
export type FleetEstimate = z.infer<typeof estimate>;
export type FleetFact = z.infer<typeof fact>;
export type FleetOdd = z.infer<typeof odd>;
export type FleetCommon = z.infer<typeof common>;
export type FleetIncident = z.infer<typeof incident>;
export type FleetGate = z.infer<typeof gate>;
export type FleetGateRule = z.infer<typeof gateRule>;
