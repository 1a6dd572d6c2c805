/**
 * The headline as a table for the terminal. Each column has one unit, so that the eye can compare. What is the same on all
 * platforms stands below the table, and where there is no room, what differs least makes way.
 */
import { counted, figureOn, rangeOn, sharedScale, type Scale } from '../../bench/record/figures.ts';
import type { RecordedResult } from '../../bench/record/schema.ts';
import { intervalText, type Headline, type HeadlineColumn, type HeadlineRow } from '../headline.ts';
import type { RenderOptions } from '../reporter.ts';
import { printable, textTable, width, type TextColumn } from '../text-table.ts';
import { platformName } from '../wording.ts';

export interface HeadlineTable {
  /** Titles, units, and a line for each platform; null where there is no room for a table. */
  lines: string[] | null;
  /** What the table does not say. */
  notes: string[];
}

interface TableColumn {
  of: HeadlineColumn;
  title: string;
  unit: string;
  cells: string[];
  /** Largest median over the smallest. */
  spread: number;
}

export function headlineTable(headline: Headline, { columns, show }: RenderOptions): HeadlineTable {
  const all = headline.columns.map((column) => tableColumn(column, headline.rows));
  const fits = (lines: string[]): boolean => lines.every((line) => width(line) <= columns);
  const linesOf = (shown: readonly TableColumn[]): string[] => tableLines(headline.rows, shown);
  if (show) {
    const shown = show.flatMap((name) => all.find(({ of }) => of.name === name) ?? []);
    const lines = linesOf(shown);
    return { lines: fits(lines) ? lines : null, notes: unknownNotes(show, all) };
  }
  const folded = all.filter((column, index) => index > 0 && isTheSame(column));
  const same = folded.map(
    ({ of }) => `${printable(of.title)} ${headline.rows[0] ? of.text(headline.rows[0]) : ''}`,
  );
  const sameNotes = same.length === 0 ? [] : [`The same on all: ${same.join(', ')}.`];
  const left = all.filter((column) => !folded.includes(column));
  for (const shown of narrowing(left, headline.rows)) {
    const lines = linesOf(shown);
    if (!fits(lines)) continue;
    const missing = left.filter((column) => !shown.some(({ of }) => of === column.of));
    return { lines, notes: [...sameNotes, ...missingNotes(missing)] };
  }
  return { lines: null, notes: [] };
}

function tableColumn(column: HeadlineColumn, rows: readonly HeadlineRow[]): TableColumn {
  const results = rows.map(column.result);
  const units = new Set(results.flatMap((result) => (result ? [result.unit] : [])));
  const [unit] = units;
  const medians = results.flatMap((result) => result?.summary.median ?? []);
  const spread = medians.length === 0 ? 1 : Math.max(...medians) / Math.min(...medians);
  // A ratio has no unit; imported figures of one name may have two.
  if (unit === undefined || units.size > 1) {
    return { of: column, title: column.title, unit: '', cells: rows.map(column.text), spread };
  }
  const scale = sharedScale(unit, medians);
  const cells = results.map((result) => cellOn(scale, column, result));
  return { of: column, title: column.title, unit: scale.symbol, cells, spread };
}

function cellOn(scale: Scale, { kind }: HeadlineColumn, result: RecordedResult | undefined): string {
  if (kind !== 'interval') return figureOn(scale, result?.summary.median);
  const { ciLow = null, ciHigh = null } = result?.summary ?? {};
  return ciLow === null || ciHigh === null ? intervalText(result) : rangeOn(scale, ciLow, ciHigh);
}

/** Of a figure that was measured on several platforms; ratio and interval belong to the first column. */
function isTheSame({ of, cells }: TableColumn): boolean {
  const [first] = cells;
  return of.kind === 'figure' && cells.length > 1 && first !== '–' && cells.every((cell) => cell === first);
}

/** Ever fewer columns: first the intervals go, then the figures that differ least. */
function* narrowing(columns: readonly TableColumn[], rows: readonly HeadlineRow[]): Generator<TableColumn[]> {
  yield [...columns];
  let left = columns.map((column) =>
    column.of.kind === 'ratio' ? { ...column, cells: rows.map(({ ratio }) => ratio) } : column,
  );
  yield left;
  left = left.filter(({ of }) => of.kind !== 'interval');
  yield left;
  const [, ...figures] = left.filter(({ of }) => of.kind === 'figure');
  for (const next of figures.sort((a, b) => a.spread - b.spread)) {
    left = left.filter((column) => column !== next);
    yield left;
  }
}

function tableLines(rows: readonly HeadlineRow[], columns: readonly TableColumn[]): string[] {
  const titles = columns.map(({ title }): TextColumn => ({ title: printable(title), align: 'right' }));
  return textTable(
    [{ title: 'platform', align: 'left' }, ...titles],
    [
      ['', ...columns.map(({ unit }) => unit)],
      ...rows.map(({ platform }, index) => [
        printable(platformName(platform)),
        ...columns.map(({ cells }) => cells[index] ?? ''),
      ]),
    ],
  );
}

function missingNotes(missing: readonly TableColumn[]): string[] {
  if (missing.length === 0) return [];
  const titles = missing.map(({ title }) => printable(title)).join(', ');
  return [`No room for ${counted(missing.length, 'column')}: ${titles}.`];
}

function unknownNotes(show: readonly string[], all: readonly TableColumn[]): string[] {
  const known: readonly string[] = all.map(({ of }) => of.name);
  const unknown = show.filter((name) => !known.includes(name));
  if (unknown.length === 0) return [];
  return [`--columns: no ${unknown.map(printable).join(', ')} here; there are ${known.join(', ')}.`];
}
