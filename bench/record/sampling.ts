/** How many samples a run decided to take: part of the record. */
import { z } from 'zod';

export const samplingSchema = z
  .array(
    z.strictObject({
      platform: z.string(),
      planned: z.int().describe('Blocks that it was sampled in.'),
      width: z
        .number()
        .nullable()
        .describe('Half the interval of the ratio after the first samples, as a share; null without one.'),
      why: z.string(),
    }),
  )
  .describe('Only of a scenario with samples: { min, max, until }: how many samples it took, and why.');

export type RecordedSampling = z.infer<typeof samplingSchema>;
