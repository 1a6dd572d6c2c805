/**
 * What `tare history` finds in stored runs. This schema is its only definition: the types are inferred from it and
 * `tare schema history` prints it. Times are milliseconds, sizes bytes, ratios plain numbers (1.12 is 12 % more).
 */
import { z } from 'zod';
import { recordSchema, type RecordedPlatform, type RecordedResult } from './schema.ts';

export const historyVersion = 1;

/** As in the record. */
const { platform, metric, lens, condition, unit, better } = recordSchema.shape.results.element.shape;
const { accel } = recordSchema.shape.platforms.element.shape;

const point = z.strictObject({
  run: z.int().min(0).describe('Index in `runs`.'),
  n: z.int().min(1).describe('Samples that are not excluded.'),
  median: z.number(),
  ciLow: z.number().nullable().describe('Interval of the median; null below 6 samples.'),
  ciHigh: z.number().nullable(),
});

const change = z.strictObject({
  point: z.int().min(1).describe('Index in `points` of the first one after the change.'),
  p: z.number().describe('Of the permutation test that found it.'),
  before: z.number().describe('Median of the points from the change before it to this one.'),
  after: z.number().describe('Median of the points from this change to the next.'),
  ratio: z.number().nullable().describe('After over before; null unless both are positive.'),
});

const series = z.strictObject({
  group: z.int().min(0).describe('Index in `groups`.'),
  platform,
  accel,
  metric,
  lens,
  condition,
  unit,
  better,
  points: z.array(point).min(1).describe('In the order of time.'),
  changes: z.array(change),
});

const run = z.strictObject({
  id: z.string(),
  startedAt: z.string(),
  commit: z.string().nullable().describe('Null where the record has none.'),
  host: z.string().describe('The machine in words.'),
});

const group = z.strictObject({
  scenario: z.string(),
  hostClass: z.string().describe('Runs of one class may be compared; as in the name of a reference file.'),
  host: z.string().describe('The machine in words, as of its latest run.'),
});

export const historySchema = z
  .strictObject({
    historyVersion: z.literal(historyVersion),
    level: z.number().describe('A change counts if the p of its test is not above it.'),
    runs: z.array(run).describe('In the order of time.'),
    groups: z.array(group).describe('A scenario on a class of machine; series are never joined across them.'),
    series: z.array(series),
    unreadable: z.array(z.strictObject({ path: z.string(), message: z.string() })),
  })
  .describe('History of Tare runs (tare history --json).');

export type RunHistory = z.infer<typeof historySchema>;
export type HistorySeries = z.infer<typeof series>;
export type HistoryChange = z.infer<typeof change>;
export type HistoryRun = z.infer<typeof run>;
export type HistoryGroup = z.infer<typeof group>;

/** A stored run as far as a history looks at it. */
export interface StoredRun {
  id: string;
  startedAt: string;
  commit: string | null;
  scenario: string;
  hostClass: string;
  /** The machine in words. */
  host: string;
  figures: StoredFigure[];
}

export type StoredFigure = Pick<
  RecordedResult,
  | 'platform'
  | 'title'
  | 'metric'
  | 'lens'
  | 'condition'
  | 'unit'
  | 'better'
  | 'isPart'
  | 'isExact'
  | 'isSingle'
  | 'summary'
> & { accel: RecordedPlatform['accel'] };
