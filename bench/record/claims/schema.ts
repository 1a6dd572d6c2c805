/**
 * The claims report (`tare claims --json`): fifteen sentences that are often repeated, each with a verdict and its evidence. This
 * schema is its only definition: the types are inferred from it and `tare schema claims` prints it. Units are those of the record.
 */
import { z } from 'zod';
import { recordSchema } from '../schema.ts';
import { languages } from './words/words.ts';

export const claimsVersion = 1;

export const verdicts = ['holds', 'holds in part', 'does not hold', 'not measured'] as const;
export type Verdict = (typeof verdicts)[number];

const { condition, unit } = recordSchema.shape.results.element.shape;

const evidence = z.strictObject({
  run: z.string().describe('Id of the run that it was measured in.'),
  platform: z.string(),
  metric: z.string(),
  lens: z.string().optional(),
  label: z.string().optional().describe('What tells it from others of its platform, such as the path.'),
  accel: recordSchema.shape.platforms.element.shape.accel,
  condition,
  against: z
    .string()
    .nullable()
    .describe('The platform that the value is a multiple of; null: the value stands for itself.'),
  unit,
  value: z
    .number()
    .nullable()
    .describe('Median of the samples, or ratio of two medians; null: a fact that is no number.'),
  low: z.number().nullable().describe('Lower end of the interval; without one the smallest sample.'),
  high: z
    .number()
    .nullable()
    .describe('Upper end; null: open, since the value is only the least that it can be.'),
  level: z
    .number()
    .nullable()
    .describe('Level that the interval has; null: low and high are the range of the samples.'),
  n: z.int().min(0).describe('Samples on the smaller side.'),
  judged: z.boolean().describe('false: shown and never judged, such as a time under software emulation.'),
  text: z.string().describe('The value and its interval as the report shows them.'),
});

const part = z.strictObject({
  part: z.string().describe('The part of the sentence.'),
  verdict: z.enum(verdicts),
  reason: z.string(),
});

const claim = z.strictObject({
  id: z.int().min(1).max(15),
  claim: z.string().describe('The sentence.'),
  verdict: z.enum(verdicts),
  reason: z.string().describe('Why this verdict, and for a part of the sentence which.'),
  parts: z.array(part).describe('The parts of the sentence, each judged for itself.'),
  figure: z.string().nullable().describe('The one figure that says most, with its interval.'),
  figureLabel: z.string().nullable(),
  measured: z.string().describe('What was measured.'),
  thresholds: z.array(z.string()).describe('The limits that the verdict was found by; they are ours.'),
  limits: z.string().describe('What the verdict does not say.'),
  needs: z.string().nullable().describe('What it would take to judge what was not measured.'),
  chart: z
    .array(z.int().min(0))
    .describe('The evidence that the chart shows, by its place in the list; empty: it has no chart.'),
  evidence: z.array(evidence),
});

const run = z.strictObject({
  id: z.string(),
  scenario: z.string(),
  workload: z.string(),
  startedAt: z.string(),
  status: z.enum(['complete', 'partial', 'failed']),
  machine: z.string(),
  folder: z.string().nullable().describe("Relative to the report's folder, with slashes; null: outside it."),
});

export const claimsSchema = z
  .strictObject({
    claimsVersion: z.literal(claimsVersion),
    lang: z.enum(languages).describe('Language of the texts; verdicts and names are always English here.'),
    tareVersion: z.string(),
    machines: z.array(z.string()).describe('The machines that the runs were made on, each in one line.'),
    claims: z.array(claim).length(15),
    runs: z.array(run).describe('The runs that were judged, the newest first.'),
  })
  .describe('Claims report of Tare (tare claims --json).');

export type ClaimsReport = z.infer<typeof claimsSchema>;
export type ReportedClaim = z.infer<typeof claim>;
export type ReportedEvidence = z.infer<typeof evidence>;
