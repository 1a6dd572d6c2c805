import type { RecordedResult } from '../record/schema.ts';

/**
 * What a gate on virtual time allows for, as a share of the reference's median. Equal runs give equal figures, however busy the
 * machine is; but where anything has changed, the rest shifts against the kernel's timer and the harness, by up to 0.3
 * virtual ms where it was tried.
 */
export function virtualNoiseFloor({ summary }: Pick<RecordedResult, 'summary'>): number {
  return summary.median === null ? leastShare : Math.max(leastShare, shiftVirtualMs / summary.median);
}

const leastShare = 0.005;
const shiftVirtualMs = 0.3;

export function isVirtual({ unit }: Pick<RecordedResult, 'unit'>): boolean {
  return unit === 'virtual ms';
}

/** Image sizes are exact: a file has one size, and one look at it says it all. */
export function isExact({ metric }: Pick<RecordedResult, 'metric'>): boolean {
  return metric.startsWith('image.') && metric !== 'image.marginal';
}
