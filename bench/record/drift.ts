/** What the measure `drift` leaves in the record beside its figures: the files, by name. */
import { z } from 'zod';
import { driftClasses } from '../../scenarios/measures/drift.ts';

/** More files than these are not listed; the figures count all of them. */
export const mostListed = 200;

const file = z.strictObject({
  path: z.string(),
  change: z.enum(['added', 'changed', 'deleted']),
  class: z.enum(driftClasses),
  bytes: z.number().nullable().describe('Size now; null for what is no file, or is gone.'),
});

export const driftSchema = z.strictObject({
  platform: z.string(),
  block: z.int(),
  after: z.enum(['boot', 'load', 'restart']),
  instance: z.string(),
  against: z
    .string()
    .nullable()
    .describe('The other instance that it is held against; null: the image that it began with.'),
  files: z.array(file).describe(`In the order of their paths, the first ${mostListed}.`),
  omitted: z.int().describe('How many more there are.'),
});

export type RecordedDrift = z.infer<typeof driftSchema>;
export type DriftedFile = z.infer<typeof file>;
