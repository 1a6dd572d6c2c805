/**
 * What `tare compare` finds between runs. This schema is its only definition: the types are inferred from it and
 * `tare schema comparison` prints it. Times are milliseconds, sizes bytes, ratios plain numbers (1.12 is 12 % more).
 */
import { z } from 'zod';
import { differenceKey, figureKey, missingKey, verdict } from './figure-key.ts';

export const comparisonVersion = 1;

/** As in the record. */
const { platform, metric, lens, condition, unit, better } = figureKey;

const run = z.strictObject({
  id: z.string(),
  scenario: z.string(),
  startedAt: z.string(),
  tareVersion: z.string(),
  status: z.enum(['complete', 'partial', 'failed']),
});

const difference = z.strictObject({
  ...differenceKey,
  platform: z.string().nullable().describe('Platform it concerns; null: the whole run.'),
  reference: z.string(),
  run: z.string(),
});

const missing = z.strictObject({
  ...missingKey,
  missingIn: z.enum(['reference', 'run']),
  reason: z.string(),
});

const estimate = z.strictObject({
  value: z.number(),
  ciLow: z.number().nullable().describe('Null below 6 samples on a side.'),
  ciHigh: z.number().nullable(),
  ciLevel: z.number().nullable().describe('Level the interval really has, at least 0.95.'),
});

const side = z.strictObject({
  n: z.int().min(1).describe('Samples that are not excluded.'),
  median: z.number(),
});

const figure = z.strictObject({
  ...{ platform, metric, lens, condition, unit, better },
  part: z.boolean().describe('A part of another figure: a phase, a share of the memory.'),
  exact: z.boolean().describe('A figure without chance, such as the size of a file; it needs no statistics.'),
  reference: side,
  run: side,
  shift: estimate.describe('Run minus reference, in the unit; Hodges–Lehmann.'),
  ratio: estimate
    .nullable()
    .describe('Run over reference; Hodges–Lehmann on logarithms. Null unless all values are positive.'),
  effect: z
    .strictObject({
      cliffDelta: z.number().min(-1).max(1),
      size: z.enum(['negligible', 'small', 'medium', 'large']),
    })
    .nullable(),
  test: z
    .strictObject({
      method: z.enum(['exact', 'normal']).describe("How Mann–Whitney's p was found."),
      u: z.number(),
      p: z.number(),
      pAdjusted: z.number().describe('By Holm over the family.'),
    })
    .nullable()
    .describe('Null for exact figures and below 4 samples on a side.'),
  detectable: z
    .strictObject({ shift: z.number(), ratio: z.number().nullable() })
    .nullable()
    .describe('Smallest true difference that these samples show in four of five cases; ratio 0.09 is 9 %.'),
  resolution: z
    .number()
    .optional()
    .describe(
      'What the instruments tell apart, in the unit: a smaller shift is no verdict, however sure the test is.',
    ),
  verdict: verdict.describe(
    'hint: it stands out alone, but not among so many figures. none-seen: no evidence of a difference, which is ' +
      'no evidence of equality. same: every value is the same. too-few: so few samples cannot tell.',
  ),
});

const pair = z.strictObject({
  run,
  alternated: z
    .boolean()
    .describe('Whether the blocks of both were sampled in turn; then all that differs was meant to.'),
  differences: z.array(difference),
  missing: z.array(missing),
  figures: z.array(figure),
});

export const comparisonSchema = z
  .strictObject({
    comparisonVersion: z.literal(comparisonVersion),
    forced: z.boolean().describe('Whether --force compared across obstacles.'),
    alpha: z.number().describe('Chance of one false alarm or more in a family of tests.'),
    families: z.strictObject({
      figures: z.int().describe('Tests of figures, over all runs compared.'),
      parts: z.int().describe('Tests of parts, a family of their own.'),
    }),
    reference: run,
    pairs: z.array(pair).describe('Each run against the reference.'),
  })
  .describe('Comparison of Tare runs (tare compare --json).');

export type RunComparison = z.infer<typeof comparisonSchema>;
export type ComparedRun = z.infer<typeof run>;
export type ComparedPair = z.infer<typeof pair>;
export type ComparedFigure = z.infer<typeof figure>;
export type ComparedEstimate = z.infer<typeof estimate>;
export type RunDifference = z.infer<typeof difference>;
export type MissingFigure = z.infer<typeof missing>;
