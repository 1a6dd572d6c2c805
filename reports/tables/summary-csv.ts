import { conditionCell, csv } from './csv.ts';
import type { Reporter } from '../reporter.ts';
import { comparisonFor } from '../../bench/record/queries.ts';

const columns = [
  ...[
    'platform',
    'measure',
    'metric',
    'lens',
    'condition',
    'unit',
    'n',
    'median',
    'ciLow',
    'ciHigh',
    'ciLevel',
  ],
  ...['mean', 'sd', 'min', 'max', 'p90', 'p99', 'baseline', 'ratio', 'ratioCiLow', 'ratioCiHigh'],
];

/** One row per result, in the record's own units and precision. */
export const summaryCsv: Reporter = {
  description: 'CSV, one row per result: median, interval, spread and ratio to the baseline platform',
  file: 'summary.csv',
  render(record) {
    const rows = record.results.map((result) => {
      const { n, median, ciLow, ciHigh, ciLevel, mean, sd, min, max, p90, p99 } = result.summary;
      const comparison = comparisonFor(record, result);
      return [
        ...[result.platform, result.measure, result.metric, result.lens, conditionCell(result.condition)],
        ...[result.unit, n, median, ciLow, ciHigh, ciLevel, mean, sd, min, max, p90, p99],
        ...[comparison?.against, comparison?.ratio, comparison?.ciLow, comparison?.ciHigh],
      ];
    });
    return csv(columns, rows);
  },
};
