import type { ChangedFigure, FleetComparison } from '../../../bench/record/fleet-comparison.ts';
import type { Reporter } from '../../reporter.ts';
import { conditionCell, csv, type CsvCell } from '../../tables/csv.ts';

const columns = [
  ...['reference', 'fleet', 'group', 'host', 'platform', 'metric', 'lens', 'condition', 'unit', 'better'],
  ...['verdict', 'hosts', 'referenceValue', 'fleetValue', 'spread', 'change', 'changeLow', 'changeHigh'],
  ...['p', 'pAdjusted', 'overBaseline', 'overBaselineLow', 'overBaselineHigh', 'overBaselineVerdict'],
];

/** A row per figure and host, and before them one without a host for their group. */
export const fleetComparisonCsv: Reporter<FleetComparison> = {
  description: 'CSV, one row per figure and host, and one per figure and group',
  file: null,
  render: (comparison) =>
    csv(
      columns,
      comparison.figures.flatMap((figure) => rowsOf(figure, comparison)),
    ),
};

function rowsOf(figure: ChangedFigure, { reference, fleet, hosts }: FleetComparison): CsvCell[][] {
  const { change, overBaseline, unit, better } = figure;
  const head = (host: string | null): CsvCell[] => [
    ...[reference.name, fleet.name, figure.group + 1, host],
    ...[figure.platform, figure.metric, figure.lens, conditionCell(figure.condition), unit, better],
  ];
  return [
    [
      ...head(null),
      ...[change.verdict, figure.hosts.length, figure.reference, figure.fleet, change.spread],
      ...[change.value, change.ciLow, change.ciHigh, change.test?.p, change.test?.pAdjusted],
      ...[overBaseline?.value, overBaseline?.ciLow, overBaseline?.ciHigh, overBaseline?.verdict],
    ],
    ...figure.hosts.map((each): CsvCell[] => [
      ...head(hosts[each.host] ?? null),
      ...[null, null, each.reference, each.fleet, change.spread],
      change.spread === 'share' ? each.fleet / each.reference : each.fleet - each.reference,
      ...[null, null, null, null, null, null, null, null],
    ]),
  ];
}
