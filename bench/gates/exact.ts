import type { RecordedResult } from '../record/schema.ts';

type Summarised = Pick<RecordedResult, 'summary'>;

/**
 * The least that a gate on virtual time allows for, as a share of the median. Equal runs give equal figures, however busy
 * the machine is; but where anything has changed, what comes after it shifts against the kernel's timer.
 */
export function virtualNoiseFloor({ summary }: Summarised): number {
  return summary.median === null ? leastShare : Math.max(leastShare, shiftVirtualMs / summary.median);
}

/**
 * What it allows for between two runs: a box with several threads (runc, for one) takes now this way and now that, and
 * how far they lie apart shows in the samples.
 */
export function virtualNoise(run: Summarised, reference: Summarised): number {
  return Math.max(virtualNoiseFloor(reference), spread(run), spread(reference));
}

const leastShare = 0.005;
/** Several times the shift that was seen where a bare process was given other work. */
const shiftVirtualMs = 0.05;

function spread({ summary: { min, max, median } }: Summarised): number {
  return min === null || max === null || median === null || median <= 0 ? 0 : (max - min) / median;
}

export function isVirtual({ unit }: Pick<RecordedResult, 'unit'>): boolean {
  return unit === 'virtual ms';
}

/** Image sizes are exact: a file has one size, and one look at it says it all. */
export function isExact({ metric }: Pick<RecordedResult, 'metric'>): boolean {
  return metric.startsWith('image.') && metric !== 'image.marginal';
}
