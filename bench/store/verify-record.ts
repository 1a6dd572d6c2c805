/** Finds records that were changed by hand: their summaries no longer follow from their samples. */
import { exitCodes, TareError } from '../environment/errors.ts';
import type { RunRecord } from '../record/schema.ts';
import { summarize } from '../statistics/summary.ts';

/** @throws TareError (exit 2) that names the first figure that is not what its samples say */
export function verifyRecord(record: RunRecord): void {
  for (const { platform, metric, samples, summary } of record.results) {
    const counted = samples.filter((sample) => sample.excluded === undefined).map(({ value }) => value);
    const { n, median } = summarize(counted);
    if (n === summary.n && isClose(median, summary.median)) continue;
    throw new TareError(
      `${record.run.id}: ${platform}: the median of ${metric} is not that of its samples; the record was changed by ` +
        'hand or by another program. `tare run --resume` makes it anew from the journal',
      exitCodes.usage,
    );
  }
}

/** The order in which numbers are added may differ between versions by a last digit. */
function isClose(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}
