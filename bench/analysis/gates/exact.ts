import { isExact, isSingle } from '../../record/result.ts';
import type { RecordedPlatform, RecordedResult } from '../../record/schema.ts';
import type { ResolvedGate } from '../../../scenarios/resolved.ts';
import { resultsFor } from './finding.ts';
import { includedValues } from '../../record/queries.ts';
import type { Sides } from './sides.ts';

/**
 * The least that a gate on virtual time allows for, as a share of the median. Equal runs give equal figures, however busy
 * the machine is; but where anything has changed, what comes after it shifts against the kernel's timer.
 */
export function virtualNoiseFloor(
  { platform, summary: { median } }: Pick<RecordedResult, 'platform' | 'summary'>,
  platforms: readonly Pick<RecordedPlatform, 'id' | 'kind'>[],
): number {
  const isBare = platforms.find(({ id }) => id === platform)?.kind === 'process';
  const shift = isBare ? bareShiftVirtualMs : shiftVirtualMs;
  return median === null ? leastShare : Math.max(leastShare, shift / median);
}

/**
 * What it allows for between two runs, `floor` at least. The n-th sample of one answers to the n-th of the other, after the
 * same history; a box with several threads (runc, for one) goes now this way and now that all the same, and by how much shows
 * in how far the changes lie apart.
 */
export function virtualNoise({ run, reference, positive }: Sides, floor: number): number {
  if (!positive) return floor;
  const changes = run.flatMap((value, index) => {
    const before = reference[index];
    return before === undefined ? [] : [value / before];
  });
  return Math.max(floor, Math.max(...changes) - Math.min(...changes));
}

const leastShare = 0.005;
/** Several times the shift that was seen where a bare process was given other work. */
const bareShiftVirtualMs = 0.05;
/** A box has the kernel make and clear away more, now within the start and now outside: 0.55 was seen with crun. */
const shiftVirtualMs = 0.6;

export function isVirtual({ unit }: Pick<RecordedResult, 'unit'>): boolean {
  return unit === 'virtual ms';
}

/** Whether what a gate judges is exact, so that neither the machine nor the number of samples matters to it. */
export function isExactGate(
  gate: Pick<ResolvedGate, 'metric' | 'lens' | 'platform'>,
  results: readonly RecordedResult[],
): boolean {
  const judged = resultsFor(gate, results, gate.platform);
  return judged.length > 0 && judged.every(isExact);
}

/** Exact, and its samples bear that out: one that scatters after all is judged like any other. */
export function isWithoutChance(result: RecordedResult): boolean {
  return isExact(result) && new Set(includedValues(result)).size <= 1;
}

/** Judged as it stands, although nobody knows what chance does to it: more samples of it never come. */
export function isObservedOnce(result: RecordedResult): boolean {
  return isSingle(result) && result.summary.n === 1;
}
