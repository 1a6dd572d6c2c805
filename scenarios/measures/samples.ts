/** How often a measure is taken, as its options say it. */
import { z } from 'zod';
import { wholeNumber } from '../schema/fields.ts';
import { parsePercent, percentExample } from '../schema/quantities.ts';
import type { Sampling } from './measure.ts';

export const samples = wholeNumber(1, 10_000);

/** How many samples the width of an interval decides. */
export interface StoppingRule {
  /** Blocks after which it is decided; at least 6, since fewer samples have no interval. */
  min: number;
  /** Half the interval's width, as a share of its figure: 0.05 for 5 %. */
  until: number;
}

const untilNarrow = z
  .strictObject({
    min: wholeNumber(6, 10_000).describe('Samples from which it is decided how many there will be.'),
    max: wholeNumber(6, 10_000).describe('Never more than these.'),
    until: z
      .string(`expected ${percentExample}`)
      .refine((text) => (parsePercent(text) ?? 0) > 0, `expected ${percentExample}`)
      .describe('How narrow the interval of the ratio to the baseline shall be, on either side: 5%.'),
  })
  .refine(({ min, max }) => min <= max, { path: ['max'], message: 'is below min; expected at least that' });

export const samplesOrRule = z.union([samples, untilNarrow]);

/** A number of samples, or the most and the rule. */
export function resolveSamples(written: z.output<typeof samplesOrRule>): {
  samples: number;
  stopping: StoppingRule | null;
} {
  if (typeof written === 'number') return { samples: written, stopping: null };
  const { min, max, until } = written;
  return { samples: max, stopping: { min, until: parsePercent(until) ?? 0 } };
}

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
