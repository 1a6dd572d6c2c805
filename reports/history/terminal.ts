/** The history on the terminal: a table per scenario and class of machine, and a sentence for every change. */
import type { HistorySeries, RunHistory } from '../../bench/record/history.ts';
import { counted, figure } from '../../bench/record/figures.ts';
import type { RenderOptions, Reporter } from '../reporter.ts';
import { paint, paragraph } from '../terminal-text.ts';
import { plainSpaces, printable, textTable, width, type TextColumn } from '../text-table.ts';
import { resultName } from '../wording.ts';
import { sparkline } from './sparkline.ts';
import { changeSentence, changeText, dayOf, seriesPlatform } from './wording.ts';

const sparkColumns = 24;

export const historyTerminal: Reporter<RunHistory> = {
  description: 'table for the terminal: first and last value of each figure, and where it has changed',
  file: null,
  render(history, options) {
    const blocks = [...history.groups.keys()].flatMap((group) => groupBlocks(history, group, options));
    const shown = [...blocks, legend(history, options)].filter((block) => block.length > 0);
    return plainSpaces(`${shown.map((block) => block.join('\n')).join('\n\n')}\n`);
  },
};

function groupBlocks(history: RunHistory, index: number, options: RenderOptions): string[][] {
  const group = history.groups[index];
  const series = history.series.filter((each) => each.group === index);
  if (!group || series.length === 0) return [];
  const of = [...new Set(series.flatMap(({ points }) => points.map(({ run }) => run)))].sort((a, b) => a - b);
  const day = (at: number): string => dayOf(history.runs[of.at(at) ?? 0]?.startedAt ?? '');
  return [
    [
      ...paragraph(
        `${group.scenario} · ${counted(of.length, 'run')}, ${day(0)} to ${day(-1)}`,
        options,
        'bold',
      ),
      ...paragraph(group.host, options, 'dim'),
    ],
    table(series, options),
    series.flatMap((each) =>
      each.changes.flatMap((change) => {
        const worse = change.after > change.before === (each.better === 'lower');
        return paragraph(changeSentence(each, change, history.runs), options, worse ? 'red' : 'green');
      }),
    ),
  ];
}

function table(series: readonly HistorySeries[], options: RenderOptions): string[] {
  const columns: TextColumn[] = [
    { title: 'platform', align: 'left' },
    { title: 'figure', align: 'left' },
    { title: 'runs', align: 'right' },
    { title: 'first', align: 'right' },
    { title: 'last', align: 'right' },
    { title: 'change', align: 'right' },
    { title: 'over time', align: 'left' },
  ];
  const rows = series.map(rowOf);
  // On a narrow terminal the picture goes first.
  const fitting = [columns, columns.slice(0, -1)]
    .map((shown) => textTable(shown, rows))
    .find((lines) => lines.every((line) => width(line) <= options.columns));
  if (!fitting) return series.flatMap((each) => paragraph(sentence(each), options));
  return [paint('bold', fitting[0] ?? '', options), ...fitting.slice(1)];
}

function rowOf(series: HistorySeries): string[] {
  const medians = series.points.map(({ median }) => median);
  const [first = NaN, last = NaN] = [medians[0], medians.at(-1)];
  return [
    printable(seriesPlatform(series)),
    printable(resultName(series)),
    String(medians.length),
    figure(first, series.unit),
    figure(last, series.unit),
    medians.length < 2 ? '–' : changeText(first, last, series),
    sparkline(medians, sparkColumns),
  ];
}

function sentence(series: HistorySeries): string {
  const [platform = '', name = '', runs = '', first = '', last = '', change = ''] = rowOf(series);
  return `${platform}: ${name}: ${first}, now ${last} (${change}, ${counted(Number(runs), 'run')})`;
}

function legend({ level }: RunHistory, options: RenderOptions): string[] {
  return paragraph(
    `Values are medians of runs. A change is shown where the runs before and after it differ with p <= ${level}; ` +
      'one needs at least six runs, three on each side.',
    options,
    'dim',
  );
}
