/**
 * What comparisons read of a platform's details. Runners say it by `ComparedFacts` of runners/platform-facts.ts, and the run adds its
 * own; in the record it stands among the other details.
 */
import { z } from 'zod';
import type { RecordedPlatform } from './schema.ts';

// Records may be of others, who call other things by these names.
const text = z.string().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);

const comparedDetails = z.object({
  root: text,
  /** Of engines, in the place of `root`, in records of version 0.1.0. */
  storageDriver: text,
  seccomp: text,
  sandbox: text,
  userNamespace: text,
  logging: text,
  outputAccess: text,
  /** Digest of both. */
  guestKernelAndInitrd: text,
  start: z.enum(['boot', 'snapshot']).optional().catch(undefined),
  diskCache: text,
  hugePages: flag,
  mergeable: flag,
  vhostNet: flag,
  ownKernel: text,
  ownInitrd: text,
  ownDisk: text,
  cpuset: text,
  sharesHarnessCpu: flag,
  startDelayMs: z.number().optional().catch(undefined),
});

type Read = z.infer<typeof comparedDetails>;

/** As they are written: left out is what a platform does not have, or has as usual. */
export type ComparedDetails = { [Name in keyof Read]?: Exclude<Read[Name], undefined> };

export function comparedDetailsOf({ details }: Pick<RecordedPlatform, 'details'>): Read {
  return comparedDetails.parse(details);
}
