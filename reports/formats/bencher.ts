/** Bencher Metric Format: https://bencher.dev/docs/reference/bencher-metric-format */
import type { RecordedResult } from '../../bench/record/schema.ts';
import type { Reporter } from '../reporter.ts';
import { seriesOf, subjectOf, type Series } from './series.ts';

interface Metric {
  value: number;
  lower_value?: number;
  upper_value?: number;
}

/** Longest slug of a measure that Bencher takes. */
const longestSlug = 64;

export const bencher: Reporter = {
  description: 'Bencher Metric Format (JSON): the median of every result, with its interval',
  file: null,
  render(record) {
    const benchmarks = new Map<string, Record<string, Metric>>();
    for (const result of record.results) {
      const { median, ciLow, ciHigh } = result.summary;
      if (median === null) continue;
      const series = seriesOf(record, result);
      const benchmark = benchmarks.get(subjectOf(series)) ?? {};
      benchmark[measureSlug(series, result)] = {
        value: median,
        ...(ciLow === null || ciHigh === null ? {} : { lower_value: ciLow, upper_value: ciHigh }),
      };
      benchmarks.set(subjectOf(series), benchmark);
    }
    return `${JSON.stringify(Object.fromEntries(benchmarks), null, 2)}\n`;
  },
};

/** `startup-ready-ms`: the format has no field for the unit, and Bencher makes unknown measures by their slug. */
function measureSlug({ metric }: Series, { unit }: RecordedResult): string {
  return `${metric}-${unit}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(-longestSlug);
}
