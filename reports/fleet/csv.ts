import type { FleetFigure, FleetRecord } from '../../bench/record/fleet.ts';
import { conditionCell, csv, type CsvCell } from '../tables/csv.ts';
import type { Reporter } from '../reporter.ts';

const columns = [
  ...['scenario', 'class', 'host', 'platform', 'accel', 'metric', 'lens', 'condition', 'unit', 'n'],
  ...['value', 'ciLow', 'ciHigh', 'ratio', 'ratioCiLow', 'ratioCiHigh', 'method', 'coverage'],
  ...['between', 'within', 'odd'],
];

/** A row per figure and host, and before them one without a host for their class. */
export const fleetCsv: Reporter<FleetRecord> = {
  description: 'CSV, one row per figure and host, and one per figure and class',
  file: null,
  render: (fleet) =>
    csv(
      columns,
      fleet.figures.flatMap((figure) => rowsOf(figure, fleet)),
    ),
};

function rowsOf(figure: FleetFigure, fleet: FleetRecord): CsvCell[][] {
  const { platform, accel, metric, lens, condition, unit, hosts, value, ratio } = figure;
  const found = fleet.classes[figure.class];
  const key = [platform, accel, metric, lens, conditionCell(condition), unit];
  const isOdd = (host: number): boolean =>
    found?.odd.some(
      (each) =>
        each.host === host &&
        each.metric === metric &&
        each.lens === lens &&
        conditionCell(each.condition) === conditionCell(condition) &&
        (each.platform === null || each.platform === platform),
    ) ?? false;
  return [
    [
      ...[fleet.scenario, found?.name, null, ...key, hosts.length],
      ...[value.value, value.ciLow, value.ciHigh, ratio?.value, ratio?.ciLow, ratio?.ciHigh],
      ...[value.method, value.coverage, (ratio ?? value).between, (ratio ?? value).within, null],
    ],
    ...hosts.map((each) => [
      ...[fleet.scenario, found?.name, fleet.hosts[each.host]?.name, ...key, each.n],
      ...[each.median, null, null, each.ratio, null, null, null, null, null, null],
      isOdd(each.host) ? 'odd' : null,
    ]),
  ];
}
