import type { RecordedResult } from '../record/schema.ts';

/**
 * In virtual time equal runs give equal figures, however busy the machine is. Where something else has changed, the rest may
 * shift a little against the kernel's timer: that is what this share allows for.
 */
export const virtualNoiseFloor = 0.005;

export function isVirtual({ unit }: Pick<RecordedResult, 'unit'>): boolean {
  return unit === 'virtual ms';
}

/** Image sizes are exact: a file has one size, and one look at it says it all. */
export function isExact({ metric }: Pick<RecordedResult, 'metric'>): boolean {
  return metric.startsWith('image.') && metric !== 'image.marginal';
}
