import type { RecordedSummary } from '../record/schema.ts';
import { medianInterval } from './median-interval.ts';
import { ascending, quantile } from './quantile.ts';

/** What the record says of a list of values, in their unit. Fields that so few values cannot give are null. */
export function summarize(values: readonly number[]): RecordedSummary {
  const sorted = ascending(values);
  const n = sorted.length;
  const at = (p: number): number | null => (n === 0 ? null : quantile(sorted, p));
  const interval = medianInterval(sorted);
  return {
    n,
    min: at(0),
    max: at(1),
    mean: n === 0 ? null : meanOf(sorted),
    sd: n < 2 ? null : standardDeviation(sorted),
    median: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    ciLow: interval?.low ?? null,
    ciHigh: interval?.high ?? null,
    ciLevel: interval?.level ?? null,
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample standard deviation (n - 1), in two passes, which does not cancel for large values with a small spread. */
function standardDeviation(values: readonly number[]): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
