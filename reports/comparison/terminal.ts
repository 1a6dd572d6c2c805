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
import { countsText, differenceNotice, figureSentence, legend, missingText, pairTitle } from './wording.ts';

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
    table(shown, options) ?? shown.flatMap((figure) => sentence(figure, comparison, options)),
    table(shown, options) ? findings(shown, comparison, options) : [],
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

/** Null where the terminal is too narrow for it. */
function table(figures: readonly ComparedFigure[], options: RenderOptions): string[] | null {
  const rows = figures.map((figure) => cellsOf(figure).map(printable));
  const [head, ...lines] = textTable(columns, rows);
  if (head === undefined || [head, ...lines].some((line) => width(line) > options.columns)) return null;
  return [
    paint('bold', head, options),
    ...lines.map((line, index) => {
      const style = styleOf(figures[index]);
      return style ? paint(style, line, options) : line;
    }),
  ];
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
