import type { RunHistory } from '../../bench/record/history.ts';
import { conditionCell, csv } from '../tables/csv.ts';
import type { Reporter } from '../reporter.ts';

const columns = [
  ...['scenario', 'hostClass', 'platform', 'accel', 'metric', 'lens', 'condition', 'unit'],
  ...['run', 'startedAt', 'commit', 'n', 'median', 'ciLow', 'ciHigh', 'changeP'],
];

/** One row per figure and run, in the record's own units and precision. */
export const historyCsv: Reporter<RunHistory> = {
  description: 'CSV, one row per figure and run; changeP is there where a change begins',
  file: null,
  render({ runs, groups, series }) {
    const rows = series.flatMap((each) =>
      each.points.map((point, index) => {
        const run = runs[point.run];
        const group = groups[each.group];
        const change = each.changes.find((found) => found.point === index);
        return [
          ...[group?.scenario, group?.hostClass, each.platform, each.accel, each.metric, each.lens],
          ...[conditionCell(each.condition), each.unit],
          ...[
            run?.id,
            run?.startedAt,
            run?.commit,
            point.n,
            point.median,
            point.ciLow,
            point.ciHigh,
            change?.p,
          ],
        ];
      }),
    );
    return csv(columns, rows);
  },
};
