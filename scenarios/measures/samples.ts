/** How often a measure is taken, as its options say it. */
import { wholeNumber } from '../schema/fields.ts';
import type { Sampling } from './measure.ts';

export const samples = wholeNumber(1, 10_000);

/** Of a measure that follows startup where its own number is not written. */
export const followingSamples = samples
  .optional()
  .describe('Samples per platform; without it those of startup, else 10.');

/** Of options that hold their number as `samples`. */
export function sampling<Options extends { samples: number }>(): Sampling<Options> {
  return {
    count: (options) => options.samples,
    withCount: (options, count) => ({ ...options, samples: count }),
  };
}
