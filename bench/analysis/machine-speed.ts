/**
 * Whether the machine itself was slower or faster than in another run, by the canaries of both: a fixed piece of work that no
 * platform touches. Hodges and Lehmann's ratio of its times, with their interval.
 */
import { canaryTimes } from '../record/canary.ts';
import type { RunRecord } from '../record/schema.ts';
import { hodgesLehmannRatio } from '../statistics/hodges-lehmann.ts';

export interface MachineSpeed {
  /** Times of the run over those of the reference: 1.24 is 24 % slower. */
  ratio: number;
  low: number;
  high: number;
  /** `same`: no evidence that it moved. */
  moved: Direction;
  /** The same by an interval of 90 %: likely enough to be allowed for, and no finding yet. */
  likely: Direction;
}

type Direction = 'slower' | 'faster' | 'same';

const likelyLevel = 0.9;

/** Null where a side has no canary, too few of them, or another piece of work. */
export function machineSpeed(
  reference: Pick<RunRecord, 'canary'>,
  run: Pick<RunRecord, 'canary'>,
): MachineSpeed | null {
  if (!reference.canary || !run.canary || reference.canary.version !== run.canary.version) return null;
  return speedOf(canaryTimes(reference.canary), canaryTimes(run.canary));
}

export function speedOf(before: readonly number[], now: readonly number[]): MachineSpeed | null {
  const estimate = hodgesLehmannRatio(now, before);
  if (estimate === null || 'enough' in estimate || !estimate.interval.enough) return null;
  const { low, high } = estimate.interval;
  const narrow = hodgesLehmannRatio(now, before, likelyLevel);
  const likely =
    narrow !== null && 'interval' in narrow && narrow.interval.enough ? narrow.interval : estimate.interval;
  return { ratio: estimate.value, low, high, moved: directionOf({ low, high }), likely: directionOf(likely) };
}

function directionOf({ low, high }: { low: number; high: number }): Direction {
  if (low > 1) return 'slower';
  return high < 1 ? 'faster' : 'same';
}

/** `24 % slower (canary: 95 % interval +18 % to +31 %)`. */
export function speedText({ ratio, low, high, moved }: MachineSpeed): string {
  const word = moved === 'same' ? (ratio < 1 ? 'faster' : 'slower') : moved;
  return `${percent(Math.abs(ratio - 1))} ${word} (canary: 95 % interval ${signed(low - 1)} to ${signed(high - 1)})`;
}

function signed(share: number): string {
  return `${share < 0 ? '−' : '+'}${percent(Math.abs(share))}`;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}
