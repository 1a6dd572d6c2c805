/** The canary in the record: what the machine itself needed for a fixed piece of work, block by block. */
import { z } from 'zod';

/** Changes with the work: canaries of different versions are not set against each other. */
export const canaryVersion = 2;

/** What is done; each part takes about as long as the others. */
export const canaryWork = {
  spawns: 2,
  counts: 500_000,
  bytes: 2 * 2 ** 20,
  roundTrips: 20,
} as const;

const ms = (what: string) => z.number().describe(`Milliseconds for ${what}.`);

const sample = z.strictObject({
  block: z.int().min(0).describe('The block it was timed before.'),
  at: z.string().describe('Wall-clock time, ISO 8601.'),
  spawn: ms('starting two small programs'),
  spin: ms('a program that counts to 500,000'),
  memory: ms('a program that touches 2 MiB of memory'),
  roundTrip: ms("twenty round trips over the run's bridge"),
  excluded: z.string().optional().describe('Why it does not count: the warm-up.'),
});

export const canarySchema = z.strictObject({
  version: z.int().describe('Of the piece of work; only equal versions can be compared.'),
  samples: z.array(sample),
});

export type RecordedCanary = z.infer<typeof canarySchema>;
export type RecordedCanarySample = z.infer<typeof sample>;

/** The whole piece of work, in milliseconds, of each block that counts. */
export function canaryTimes({ samples }: Pick<RecordedCanary, 'samples'>): number[] {
  return samples
    .filter(({ excluded }) => excluded === undefined)
    .map(({ spawn, spin, memory, roundTrip }) => spawn + spin + memory + roundTrip);
}
