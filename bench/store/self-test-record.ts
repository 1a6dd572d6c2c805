/** What a self-test has found out about the gates of a scenario on one machine; kept with the reference. */
import { z } from 'zod';

const gate = z.strictObject({
  gate: z.string().describe('Id of the gate, with lens and condition where it has several.'),
  margin: z.number().describe('Share by which it allows to be worse.'),
  samples: z.int().describe('Samples on each side of each trial.'),
  noiseFloor: z
    .number()
    .describe('Margin that identical sides exceed in one of a hundred trials; a smaller one would cry wolf.'),
  falseAlarms: z.number().describe('Share of trials of identical sides in which the gate failed.'),
  detected: z
    .number()
    .nullable()
    .describe(
      'Share of trials with the injected slowdown in which the gate failed. Null where a slower start does not touch the metric.',
    ),
  betweenRuns: z
    .number()
    .describe(
      'By how much the self-test differed from the run itself, two runs of the same: a share, signed.',
    ),
});

export const selfTestSchema = z.strictObject({
  at: z.string().describe('Wall-clock time, ISO 8601.'),
  run: z.string().describe('Id of the run whose scenario was tested.'),
  blocks: z.int(),
  trials: z.int().describe('Random choices of samples that were judged.'),
  injected: z.number().describe('The slowdown, as a share of the median start.'),
  seed: z.int(),
  gates: z.array(gate),
});

export type SelfTest = z.infer<typeof selfTestSchema>;
export type TestedGate = z.infer<typeof gate>;
