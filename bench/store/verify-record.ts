/** Finds records that were changed by hand: their summaries no longer follow from their samples. */
import { exitCodes, TareError } from '../environment/errors.ts';
import { includedValues } from '../record/queries.ts';
import type { RunRecord } from '../record/schema.ts';
import { ascending, quantile } from '../statistics/quantile.ts';

/** @throws TareError (exit 2) that names the first figure that is not what its samples say */
export function verifyRecord(record: RunRecord): void {
  for (const result of record.results) {
    const { platform, metric, summary } = result;
    const counted = includedValues(result);
    const median = counted.length === 0 ? null : quantile(ascending(counted), 0.5);
    if (counted.length === summary.n && isClose(median, summary.median)) continue;
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
