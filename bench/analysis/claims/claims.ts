/** The table of claims: a sentence's number, and the function of the records that judges it. */
import { judgeBurst } from './burst.ts';
import { judgeDensity } from './density.ts';
import { judgeImageSize, judgeLayers } from './image.ts';
import type { Judge } from './judgement.ts';
import { judgeKernel } from './kernel.ts';
import { judgeMemory } from './memory.ts';
import { judgeNeighbor } from './neighbor.ts';
import { judgeOverhead, judgeSystemContainers } from './overhead.ts';
import { judgeRecovery } from './recovery.ts';
import { judgeStartup, judgeStop } from './startup.ts';
import { judgeDrift, judgePersistence, judgePortability } from './state.ts';

export const judges = {
  1: judgeStartup,
  2: judgeStop,
  3: judgeImageSize,
  4: judgeLayers,
  5: judgeMemory,
  6: judgeDensity,
  7: judgeOverhead,
  8: judgeBurst,
  9: judgeNeighbor,
  10: judgePortability,
  11: judgePersistence,
  12: judgeDrift,
  13: judgeKernel,
  14: judgeRecovery,
  15: judgeSystemContainers,
} satisfies Record<number, Judge>;

export type ClaimId = keyof typeof judges;
export const claimIds = Object.keys(judges).map(Number) as ClaimId[];
