/** The comparison of runs on the terminal: the obstacles, a table, and a sentence for every difference. */
import type {
  ComparedFigure,
  ComparedPair,
  RunComparison,
  RunDifference,
} from '../../bench/record/comparison.ts';
import { counted } from '../../bench/record/figures.ts';
import type { RenderOptions, Reporter } from '../reporter.ts';
import { paint, paragraph, type Style } from '../terminal-text.ts';
import { plainSpaces, printable, textTable, width } from '../text-table.ts';
import { cellsOf, columns, findingsOf, shownFigures } from './rows.ts';
import {
  countsText,
  differenceNotice,
  figureSentence,
  legend,
  missingText,
  pairTitle,
  sameText,
} from './wording.ts';

export const comparisonTerminal: Reporter<RunComparison> = {
  description: 'a table and a sentence for every difference',
  file: null,
  render: comparisonText,
};

function comparisonText(comparison: RunComparison, options: RenderOptions): string {
  const blocks = [
    ...comparison.pairs.flatMap((pair) => pairBlocks(pair, comparison, options)),
    paragraph(legend(comparison), options, 'dim'),
  ];
  const shown = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
  return plainSpaces(`${shown.join('\n\n')}\n`);
}

function pairBlocks(pair: ComparedPair, comparison: RunComparison, options: RenderOptions): string[][] {
  const { reference, forced } = comparison;
  const shown = shownFigures(pair);
  const hidden = pair.figures.length - shown.length;
  return [
    [
      ...paragraph(pairTitle(pair, comparison), options, 'bold'),
      ...paragraph(
        `${pair.run.scenario}, ${pair.run.startedAt}; the reference ${reference.scenario}, ${reference.startedAt}`,
        options,
        'dim',
      ),
      ...(pair.alternated ? paragraph('their blocks were sampled in turn (A/B)', options, 'dim') : []),
    ],
    [
      ...pair.differences.flatMap((difference) => differenceLines(difference, forced, options)),
      ...[pair.run, reference]
        .filter(({ status }) => status !== 'complete')
        .flatMap(({ id, status }) => paragraph(`note: ${id} is ${status}`, options, 'yellow')),
    ],
    ...figureBlocks(shown, comparison, options),
    hidden === 0
      ? []
      : paragraph(
          `${counted(hidden, 'part')} (phases, shares of memory) show no difference; --json has them.`,
          options,
        ),
    pair.missing.flatMap((each) => paragraph(missingText(each, pair, comparison), options, 'yellow')),
  ];
}

function differenceLines(difference: RunDifference, forced: boolean, options: RenderOptions): string[] {
  const style = difference.level === 'note' ? 'dim' : forced ? 'red' : 'yellow';
  return paragraph(differenceNotice(difference, forced), options, style);
}

/** What differs comes first, and what is the same in every sample is only named. */
function figureBlocks(
  shown: readonly ComparedFigure[],
  comparison: RunComparison,
  options: RenderOptions,
): string[][] {
  const found = findingsOf(shown);
  const same = shown.filter(({ verdict }) => verdict === 'same');
  const others = shown.filter((figure) => !found.includes(figure) && !same.includes(figure));
  const rows = [...found, ...others];
  const lines = table(rows, options);
  return [
    lines ?? rows.flatMap((figure) => sentence(figure, comparison, options)),
    same.length === 0 ? [] : paragraph(sameText(same), options),
    lines ? findings(shown, comparison, options) : [],
  ];
}

/** Titles of the columns, from a wide terminal to one of 60 columns. */
const widths = [
  columns.map(({ title }) => title),
  ['platform', 'figure', 'reference', 'run', 'change', '95 % interval', 'difference'],
  ['platform', 'figure', 'reference', 'run', 'change', 'difference'],
  ['platform', 'figure', 'change', 'difference'],
];

/** Null where the terminal is too narrow for it. */
function table(figures: readonly ComparedFigure[], options: RenderOptions): string[] | null {
  if (figures.length === 0) return [];
  const rows = figures.map((figure) => cellsOf(figure).map(printable));
  for (const titles of widths) {
    const indexes = titles.map((title) => columns.findIndex((column) => column.title === title));
    const [head = '', ...lines] = textTable(
      indexes.flatMap((index) => columns[index] ?? []),
      rows.map((cells) => indexes.map((index) => cells[index] ?? '')),
    );
    if ([head, ...lines].some((line) => width(line) > options.columns)) continue;
    return [
      paint('bold', head, options),
      ...lines.map((line, index) => {
        const style = styleOf(figures[index]);
        return style ? paint(style, line, options) : line;
      }),
    ];
  }
  return null;
}

/** A sentence for each difference; what is worse comes first. */
function findings(
  figures: readonly ComparedFigure[],
  comparison: RunComparison,
  options: RenderOptions,
): string[] {
  const found = findingsOf(figures).flatMap((figure) => sentence(figure, comparison, options));
  return [...found, ...paragraph(countsText(figures), options)];
}

function sentence(figure: ComparedFigure, { families }: RunComparison, options: RenderOptions): string[] {
  return paragraph(figureSentence(figure, families), options, styleOf(figure));
}

function styleOf(figure: ComparedFigure | undefined): Style | undefined {
  if (figure?.verdict === 'worse') return 'red';
  if (figure?.verdict === 'better') return 'green';
  return figure?.verdict === 'hint' ? 'yellow' : undefined;
}
