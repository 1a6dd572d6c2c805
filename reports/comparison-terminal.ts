/** The comparison of runs on the terminal: the obstacles, a table, and a sentence for every difference. */
import { counted } from '../bench/record/figures.ts';
import { differenceText } from '../bench/record/facts.ts';
import { styleText } from 'node:util';
import type {
  ComparedFigure,
  ComparedPair,
  RunComparison,
  RunDifference,
} from '../bench/record/comparison.ts';
import {
  changeInterval,
  changeText,
  detectableText,
  figureSentence,
  medianOf,
  verdictText,
} from './comparison-wording.ts';
import type { RenderOptions } from './reporter.ts';
import { plainSpaces, printable, textTable, width, wrap, type TextColumn } from './text-table.ts';
import { resultName } from './wording.ts';

type Style = Parameters<typeof styleText>[0];

export function comparisonTerminal(comparison: RunComparison, options: RenderOptions): string {
  const blocks = [
    ...comparison.pairs.flatMap((pair) => pairBlocks(pair, comparison, options)),
    paragraph(legend(comparison), options, 'dim'),
  ];
  const shown = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
  return plainSpaces(`${shown.join('\n\n')}\n`);
}

function pairBlocks(pair: ComparedPair, comparison: RunComparison, options: RenderOptions): string[][] {
  const { reference, forced } = comparison;
  const shown = pair.figures.filter((figure) => !figure.part || isFinding(figure));
  const hidden = pair.figures.length - shown.length;
  return [
    [
      ...paragraph(`${pair.run.id} against ${reference.id} (the reference)`, options, 'bold'),
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
    pair.missing.flatMap((each) => {
      const what = each.metric === null ? '' : ` ${resultName({ ...each, metric: each.metric })}`;
      const where = each.missingIn === 'reference' ? reference.id : pair.run.id;
      return paragraph(`missing in ${where}: ${each.platform}${what}: ${each.reason}`, options, 'yellow');
    }),
  ];
}

function differenceLines(difference: RunDifference, forced: boolean, options: RenderOptions): string[] {
  const text = differenceText(difference);
  if (difference.level === 'note') return paragraph(`note: ${text}`, options, 'dim');
  return forced
    ? paragraph(`NOT COMPARABLE, compared by --force: ${text}`, options, 'red')
    : paragraph(`not compared: ${text} (--force compares all the same)`, options, 'yellow');
}

/** Null where the terminal is too narrow for it. */
function table(figures: readonly ComparedFigure[], options: RenderOptions): string[] | null {
  const columns: TextColumn[] = [
    { title: 'platform', align: 'left' },
    { title: 'figure', align: 'left' },
    { title: 'reference', align: 'right' },
    { title: 'run', align: 'right' },
    { title: 'change', align: 'right' },
    { title: '95 % interval', align: 'right' },
    { title: 'effect', align: 'left' },
    { title: 'p', align: 'right' },
    { title: 'shows', align: 'right' },
    { title: 'difference', align: 'left' },
  ];
  const rows = figures.map((figure) => [
    printable(figure.platform),
    printable(resultName(figure)),
    medianOf(figure, 'reference'),
    medianOf(figure, 'run'),
    changeText(figure),
    figure.exact ? 'exact' : changeInterval(figure),
    figure.effect?.size ?? '–',
    figure.test ? pText(figure.test.pAdjusted) : '–',
    detectableText(figure),
    verdictText(figure),
  ]);
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
  const order = ['worse', 'better', 'hint'];
  const found = figures
    .filter(isFinding)
    .sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict))
    .flatMap((figure) => sentence(figure, comparison, options));
  return [...found, ...paragraph(countsText(figures), options)];
}

/** Nobody may take "too few samples" for "no difference". */
function countsText(figures: readonly ComparedFigure[]): string {
  const counts: [string, ComparedFigure['verdict'][]][] = [
    ['differ', ['worse', 'better']],
    ['may differ', ['hint']],
    ['without a difference seen', ['none-seen']],
    ['the same', ['same']],
    ['with too few samples to tell', ['too-few']],
  ];
  const parts = counts.flatMap(([words, verdicts]) => {
    const count = figures.filter(({ verdict }) => verdicts.includes(verdict)).length;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  return `${counted(figures.length, 'figure')}: ${parts.join(', ')}.`;
}

function sentence(figure: ComparedFigure, { families }: RunComparison, options: RenderOptions): string[] {
  return paragraph(figureSentence(figure, families), options, styleOf(figure));
}

function isFinding({ verdict }: ComparedFigure): boolean {
  return verdict === 'better' || verdict === 'worse' || verdict === 'hint';
}

function styleOf(figure: ComparedFigure | undefined): Style | undefined {
  if (figure?.verdict === 'worse') return 'red';
  if (figure?.verdict === 'better') return 'green';
  return figure?.verdict === 'hint' ? 'yellow' : undefined;
}

function legend({ alpha, families, pairs }: RunComparison): string {
  const reach = pairs.every(({ alternated }) => alternated)
    ? 'What the machine did meanwhile met all sides alike; what differs by the day or by the machine was not looked at.'
    : 'All this is about the scatter inside each run: a run as a whole may still be faster or slower by chance, so repeat what matters.';
  return (
    'change: Hodges–Lehmann, of the run over the reference. ' +
    `p: Mann–Whitney, adjusted (Holm) for ${counted(families.figures, 'test')}` +
    `${families.parts > 0 ? ` of figures and ${families.parts} of parts` : ''}; a difference is told below ${alpha}. ` +
    `shows: what these samples would show in four of five cases. ${reach}`
  );
}

function pText(p: number): string {
  return p < 0.001 ? '<0.001' : p.toFixed(3);
}

function paragraph(text: string, options: RenderOptions, style?: Style): string[] {
  const lines = wrap(printable(text), options.columns, '  ');
  return style ? lines.map((line) => paint(style, line, options)) : lines;
}

function paint(style: Style, text: string, { colour }: RenderOptions): string {
  return colour ? styleText(style, text, { validateStream: false }) : text;
}
