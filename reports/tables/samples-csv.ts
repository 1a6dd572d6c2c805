import { conditionCell, csv } from './csv.ts';
import type { Reporter } from '../reporter.ts';

const columns = [
  ...['platform', 'measure', 'metric', 'lens', 'condition', 'unit'],
  ...['block', 'at', 'instance', 'value', 'earliest', 'excluded'],
];

/** One row per sample, excluded ones with their reason. */
export const samplesCsv: Reporter = {
  description: 'CSV, one row per sample, excluded ones with their reason',
  file: 'samples.csv',
  render(record) {
    const rows = record.results.flatMap((result) =>
      result.samples.map((sample) => [
        ...[result.platform, result.measure, result.metric, result.lens, conditionCell(result.condition)],
        ...[
          result.unit,
          sample.block,
          sample.at,
          sample.instance,
          sample.value,
          sample.earliest,
          sample.excluded,
        ],
      ]),
    );
    return csv(columns, rows);
  },
};
