/** The comparison of two fleets on the terminal: for each group what changed on its hosts, and what that did to the figures. */
import type { ChangedFigure, FleetComparison } from '../../../bench/record/fleet-comparison.ts';
import type { RenderOptions, Reporter } from '../../reporter.ts';
import { paint, paragraph, type Style } from '../../terminal-text.ts';
import { list } from '../wording.ts';
import { plainSpaces, printable, textTable, width } from '../../text-table.ts';
import { cellsOf, columnsOf, findingsOf } from './rows.ts';
import {
  changesOf,
  countsText,
  figureSentence,
  groupTitle,
  headline,
  legend,
  missingTexts,
  notices,
  oddText,
} from './wording.ts';

export const fleetComparisonTerminal: Reporter<FleetComparison> = {
  description: 'a table for each group of hosts, and a sentence for every change',
  file: null,
  render(comparison, options) {
    const blocks = [
      [
        ...paragraph(headline(comparison), options, 'bold'),
        ...notices(comparison).flatMap((text) => paragraph(`note: ${text}`, options, 'yellow')),
      ],
      ...comparison.groups.flatMap((_, index) => groupBlocks(comparison, index, options)),
      paragraph(legend(comparison), options, 'dim'),
    ].filter((block) => block.length > 0);
    return plainSpaces(`${blocks.map((block) => block.join('\n')).join('\n\n')}\n`);
  },
};

const styles: Partial<Record<ChangedFigure['change']['verdict'], Style>> = {
  worse: 'red',
  better: 'green',
  hint: 'yellow',
};

function groupBlocks(comparison: FleetComparison, index: number, options: RenderOptions): string[][] {
  const group = comparison.groups[index];
  if (!group) return [];
  const figures = comparison.figures.filter((each) => each.group === index);
  const names = group.hosts.map((host) => comparison.hosts[host] ?? '');
  const shown = table(figures, comparison, options);
  const told = shown
    ? findingsOf(figures, comparison.fleet.baseline)
    : figures.map((each) => ({ verdict: each.change.verdict, text: figureSentence(each) }));
  return [
    [
      ...paragraph(groupTitle(group), options, 'bold'),
      ...changesOf(group).flatMap((text) => paragraph(text, options)),
      ...paragraph(list(names), options, 'dim'),
    ],
    shown ?? [],
    [
      ...told.flatMap(({ verdict, text }) => paragraph(text, options, styles[verdict])),
      ...(figures.length === 0
        ? ['no figures']
        : paragraph(countsText(figures.map(({ change }) => change)), options)),
    ],
    [
      ...group.odd.flatMap((odd) =>
        paragraph(`odd: ${oddText(odd, comparison)}`, options, odd.direction === 'worse' ? 'red' : 'green'),
      ),
      ...missingTexts(comparison, index).flatMap((text) => paragraph(text, options, 'yellow')),
    ],
  ];
}

/** Null where the terminal is too narrow even without the last columns. */
function table(
  figures: readonly ChangedFigure[],
  comparison: FleetComparison,
  options: RenderOptions,
): string[] | null {
  const columns = columnsOf(comparison);
  const rows = figures.map((each) => cellsOf(each, comparison).map(printable));
  const fitting = [columns, columns.slice(0, 9)]
    .map((shown) => textTable(shown, rows))
    .find((lines) => lines.every((line) => width(line) <= options.columns));
  if (!fitting || figures.length === 0) return null;
  const [head = '', ...lines] = fitting;
  return [
    paint('bold', head, options),
    ...lines.map((line, index) => {
      const style = styles[figures[index]?.change.verdict ?? 'same'];
      return style ? paint(style, line, options) : line;
    }),
  ];
}
