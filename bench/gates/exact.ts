import type { RecordedResult } from '../record/schema.ts';

/** Image sizes are exact: a file has one size, and one look at it says it all. */
export function isExact({ metric }: Pick<RecordedResult, 'metric'>): boolean {
  return metric.startsWith('image.') && metric !== 'image.marginal';
}
