import type { RunComparison } from '../../bench/record/comparison.ts';
import { conditionCell, csv } from '../tables/csv.ts';
import type { Reporter } from '../reporter.ts';

const columns = [
  ...['reference', 'run', 'platform', 'metric', 'lens', 'condition', 'unit', 'better', 'verdict'],
  ...['referenceN', 'referenceMedian', 'runN', 'runMedian'],
  ...['shift', 'shiftLow', 'shiftHigh', 'ratio', 'ratioLow', 'ratioHigh', 'p', 'pAdjusted'],
];

/** One row per run and figure, in the record's own units and precision. */
export const comparisonCsv: Reporter<RunComparison> = {
  description: 'CSV, one row per run and figure, parts included',
  file: null,
  render({ reference, pairs }) {
    const rows = pairs.flatMap(({ run, figures }) =>
      figures.map((figure) => [
        ...[reference.id, run.id, figure.platform, figure.metric, figure.lens],
        ...[conditionCell(figure.condition), figure.unit, figure.better, figure.verdict],
        ...[figure.reference.n, figure.reference.median, figure.run.n, figure.run.median],
        ...[figure.shift.value, figure.shift.ciLow, figure.shift.ciHigh],
        ...[figure.ratio?.value, figure.ratio?.ciLow, figure.ratio?.ciHigh],
        ...[figure.test?.p, figure.test?.pAdjusted],
      ]),
    );
    return csv(columns, rows);
  },
};
