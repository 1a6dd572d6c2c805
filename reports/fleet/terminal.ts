/** The fleet on the terminal: a table per class, the odd hosts, and what must be known beside it. */
import { counted } from '../../bench/record/figures.ts';
import type { FleetFigure, FleetRecord } from '../../bench/record/fleet.ts';
import { gateLines } from '../gate-lines.ts';
import type { RenderOptions, Reporter } from '../reporter.ts';
import { paint, paragraph } from '../terminal-text.ts';
import { plainSpaces, printable, textTable, width, type TextColumn } from '../text-table.ts';
import { resultName } from '../wording.ts';
import {
  classTitle,
  commonText,
  estimateText,
  headline,
  intervalText,
  list,
  notices,
  oddLegend,
  oddText,
  spreadText,
} from './wording.ts';

export const fleetTerminal: Reporter<FleetRecord> = {
  description: 'table for the terminal: each class with its figures, and the odd hosts',
  file: null,
  render(fleet, options) {
    const blocks = [
      [
        ...paragraph(headline(fleet), options, 'bold'),
        ...notices(fleet).flatMap((text) => paragraph(`note: ${text}`, options, 'yellow')),
      ],
      ...fleet.classes.flatMap((_, index) => classBlocks(fleet, index, options)),
      gateLines(fleet.gates, options),
      legend(fleet, options),
    ].filter((block) => block.length > 0);
    return plainSpaces(`${blocks.map((block) => block.join('\n')).join('\n\n')}\n`);
  },
};

function classBlocks(fleet: FleetRecord, index: number, options: RenderOptions): string[][] {
  const found = fleet.classes[index];
  if (!found) return [];
  const figures = fleet.figures.filter((each) => each.class === index);
  const names = found.hosts.map((host) => fleet.hosts[host]?.name ?? '');
  return [
    [...paragraph(classTitle(found), options, 'bold'), ...paragraph(list(names), options, 'dim')],
    figures.length === 0 ? ['no figures'] : table(figures, fleet.baseline, options),
    [
      ...found.odd.flatMap((each) =>
        paragraph(`odd: ${oddText(each, fleet)}`, options, each.direction === 'worse' ? 'red' : 'green'),
      ),
      ...found.common.flatMap((each) => paragraph(`in common: ${commonText(each)}`, options)),
    ],
  ];
}

function table(figures: readonly FleetFigure[], baseline: string | null, options: RenderOptions): string[] {
  const hasRatio = figures.some(({ ratio }) => ratio !== null);
  const columns: TextColumn[] = [
    { title: 'figure', align: 'left' },
    { title: 'platform', align: 'left' },
    { title: 'hosts', align: 'right' },
    { title: 'typical', align: 'right' },
    { title: '95 %', align: 'right' },
    ...(hasRatio
      ? ([
          { title: `over ${baseline ?? ''}`, align: 'right' },
          { title: '95 %', align: 'right' },
        ] as const)
      : []),
    { title: 'between hosts', align: 'right' },
    { title: 'within', align: 'right' },
  ];
  const rows = figures.map((figure) => rowOf(figure, hasRatio));
  const least = hasRatio ? 7 : 5;
  // On a narrow terminal the variance goes first.
  const fitting = [columns, columns.slice(0, least)]
    .map((shown) => textTable(shown, rows))
    .find((lines) => lines.every((line) => width(line) <= options.columns));
  if (!fitting) return figures.flatMap((figure) => paragraph(sentence(figure, baseline), options));
  return [paint('bold', fitting[0] ?? '', options), ...fitting.slice(1)];
}

function rowOf(figure: FleetFigure, hasRatio: boolean): string[] {
  const { value, ratio, unit, hosts } = figure;
  // Where there is a ratio it is the better figure of a host: it does not depend on how fast the host is.
  const varied = ratio ?? value;
  return [
    printable(resultName(figure)),
    printable(platformText(figure)),
    String(hosts.length),
    estimateText(value, unit),
    intervalText(value, unit),
    ...(hasRatio
      ? [ratio ? estimateText(ratio, 'ratio') : '–', ratio ? intervalText(ratio, 'ratio') : '–']
      : []),
    spreadText(varied, 'between', unit),
    spreadText(varied, 'within', unit),
  ];
}

function platformText({ platform, accel }: FleetFigure): string {
  return accel === 'tcg' ? `${platform} (TCG)` : platform;
}

function sentence(figure: FleetFigure, baseline: string | null): string {
  const { value, ratio, unit, hosts } = figure;
  const over = ratio
    ? `; ${estimateText(ratio, 'ratio')} over ${baseline ?? ''} (${intervalText(ratio, 'ratio')})`
    : '';
  return `${platformText(figure)}: ${resultName(figure)}: ${estimateText(value, unit)} (${intervalText(value, unit)}) on ${counted(hosts.length, 'host')}${over}`;
}

function legend(fleet: FleetRecord, options: RenderOptions): string[] {
  const coverage = fleet.figures.flatMap(({ value }) => (value.coverage === null ? [] : [value.coverage]));
  const covered =
    coverage.length === 0
      ? ''
      : ` By simulation the intervals cover in ${Math.round(100 * Math.min(...coverage))} % of fleets or more.`;
  return paragraph(
    'Typical is the geometric mean of the hosts’ medians: each host counts once, and ratios are taken within a host. ' +
      `Between and within are standard deviations: of the hosts, and of what one host’s samples leave open.${covered} ${oddLegend(fleet)}`,
    options,
    'dim',
  );
}
