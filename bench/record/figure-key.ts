/** What tells a figure from all others, as the records of fleets and the comparisons have it from the record of a run. */
import { z } from 'zod';
import { recordSchema } from './schema.ts';

const { platform, metric, lens, title, isExact, condition, unit, better } =
  recordSchema.shape.results.element.shape;

/** With what a reader must know of its metric. */
export const figureKey = { platform, metric, lens, title, isExact, condition, unit, better };

/** Of a figure, or a whole platform, that one of two sides has. */
export const missingKey = {
  platform,
  metric: z.string().nullable().describe('Null: the whole platform.'),
  lens,
  condition,
};

/** Beside what each of two sides has of it. */
export const differenceKey = {
  level: z
    .enum(['obstacle', 'note'])
    .describe('An obstacle makes figures incomparable; a note says what else may explain a difference.'),
  what: z.string(),
};

export const verdict = z.enum(['better', 'worse', 'hint', 'none-seen', 'same', 'too-few']);
