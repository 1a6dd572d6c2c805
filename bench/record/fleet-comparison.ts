/**
 * What `tare compare` finds between two fleets, before and after a change. This schema is its only definition: the types are
 * inferred from it and `tare schema fleet-comparison` prints it. Times are milliseconds, sizes bytes, ratios plain numbers
 * (1.12 is 12 % more).
 */
import { z } from 'zod';
import { differenceKey, figureKey, missingKey, verdict } from './figure-key.ts';
import { fleetSchema } from './fleet.ts';

export const fleetComparisonVersion = 1;

/** As in the record of a fleet. */
const { scenario, baseline, workload, firstAt, lastAt, tareVersions, oddRate } = fleetSchema.shape;
const { accel } = fleetSchema.shape.figures.element.shape;
const odd = fleetSchema.shape.classes.element.shape.odd.element;

const fleet = z.strictObject({
  name: z.string().describe('As it was named on the command line.'),
  scenario,
  baseline,
  workload,
  firstAt,
  lastAt,
  tareVersions,
  hosts: z.int().min(1),
  runs: z.int().min(1),
});

const difference = z.strictObject({
  ...differenceKey,
  reference: z.string(),
  fleet: z.string(),
});

const change = z.strictObject({ fact: z.string(), reference: z.string(), fleet: z.string() });

const group = z
  .strictObject({
    reference: z.string().describe('Name of their class in the reference.'),
    fleet: z.string().describe('Name of their class in the fleet.'),
    words: z.string().describe('What tells their class in the fleet from its other classes.'),
    hosts: z.array(z.int().min(0)).describe('By index in `hosts`.'),
    changed: z.array(change).describe('Facts of the class that are not what they were; empty: all are.'),
    beside: z
      .array(change.extend({ hosts: z.int().min(1).describe('On how many of them.') }))
      .describe('What changed on hosts of the group beside what makes their class.'),
    odd: z
      .array(odd.extend({ ratio: z.number().describe('Its change over that of the typical host.') }))
      .describe('Hosts that did not change as the others did.'),
  })
  .describe('Hosts that were of one class in the reference, and are of one class in the fleet.');

const estimate = z.strictObject({
  value: z
    .number()
    .describe('Of the typical host: the fleet over the reference, or less the reference (`spread`: unit).'),
  ciLow: z.number().nullable().describe("Interval at 95 %, Student's t over hosts; null for one host."),
  ciHigh: z.number().nullable(),
  spread: z.enum(['share', 'unit']).describe('Whether `value` and its interval are ratios or in the unit.'),
  test: z
    .strictObject({ p: z.number(), pAdjusted: z.number().describe('By Holm over the family.') })
    .nullable()
    .describe('Null for exact figures and for one host.'),
  verdict: verdict.describe(
    'hint: it stands out alone, but not among so many figures. none-seen: no evidence of a change, which is no ' +
      'evidence of equality: the interval says what remains possible. same: every host has what it had. too-few: ' +
      'one host cannot tell.',
  ),
});

const figure = z.strictObject({
  group: z.int().min(0).describe('Index in `groups`.'),
  ...figureKey,
  accel,
  hosts: z
    .array(
      z.strictObject({
        host: z.int().min(0).describe('Index in `hosts`.'),
        reference: z.number().describe('Median of its samples in the reference.'),
        fleet: z.number(),
      }),
    )
    .min(1)
    .describe('That have the figure in both fleets.'),
  reference: z.number().describe('Of the typical one of these hosts.'),
  fleet: z.number(),
  change: estimate,
  overBaseline: estimate
    .nullable()
    .describe('Change of the ratio to the baseline platform; null where no host has it in both fleets.'),
});

export const fleetComparisonSchema = z
  .strictObject({
    fleetComparisonVersion: z.literal(fleetComparisonVersion),
    forced: z.boolean().describe('Whether --force compared across obstacles.'),
    alpha: z.number().describe('Chance of one false alarm or more in a family of tests.'),
    families: z.strictObject({
      change: z.int().describe('Tests of figures, over all groups.'),
      overBaseline: z.int().describe('Tests of ratios to the baseline platform, a family of their own.'),
    }),
    oddRate,
    reference: fleet,
    fleet,
    differences: z.array(difference),
    hosts: z.array(z.string()).describe('Names of the hosts that are compared with themselves.'),
    groups: z.array(group).min(1),
    figures: z.array(figure),
    unpaired: z
      .array(z.strictObject({ host: z.string(), reason: z.string() }))
      .describe('Hosts that cannot be compared with themselves.'),
    missing: z
      .array(
        z.strictObject({
          group: z.int().min(0),
          ...missingKey,
          missingIn: z.enum(['reference', 'fleet']),
        }),
      )
      .describe('Figures that the hosts of a group have in one of the fleets only.'),
  })
  .describe('Comparison of two fleets, host by host (tare compare FLEET FLEET --json).');

export type FleetComparison = z.infer<typeof fleetComparisonSchema>;
export type ComparedFleet = z.infer<typeof fleet>;
export type FleetDifference = z.infer<typeof difference>;
export type FleetGroup = z.infer<typeof group>;
export type ChangedFigure = z.infer<typeof figure>;
export type FleetChange = z.infer<typeof estimate>;
export type MissingFleetFigure = FleetComparison['missing'][number];
