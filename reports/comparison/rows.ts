/** The table of compared figures, for every format that has one: its columns, and a row of each figure. */
import { pCell } from '../../bench/record/p-value.ts';
import type { ComparedFigure, ComparedPair } from '../../bench/record/comparison.ts';
import { resultName } from '../wording.ts';
import { changeInterval, changeText, detectableText, medianOf, verdictText } from './wording.ts';

export const columns = [
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
] as const;

export function cellsOf(figure: ComparedFigure): string[] {
  return [
    figure.platform,
    resultName(figure),
    medianOf(figure, 'reference'),
    medianOf(figure, 'run'),
    changeText(figure),
    figure.exact ? 'exact' : changeInterval(figure),
    figure.effect?.size ?? '–',
    figure.test ? pCell(figure.test.pAdjusted) : '–',
    detectableText(figure),
    verdictText(figure),
  ];
}

/** Parts are shown only where they differ: dozens of phases would hide what matters. */
export function shownFigures({ figures }: ComparedPair): ComparedFigure[] {
  return figures.filter((figure) => !figure.part || isFinding(figure));
}

/** Figures that differ; what is worse comes first. */
export function findingsOf(figures: readonly ComparedFigure[]): ComparedFigure[] {
  const order = ['worse', 'better', 'hint'];
  return figures.filter(isFinding).sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
}

function isFinding({ verdict }: ComparedFigure): boolean {
  return verdict === 'better' || verdict === 'worse' || verdict === 'hint';
}
