/** Samples from a CSV file of others, row by row; every mistake of the file with its line and column. */
import { ScenarioError, type Mistake } from '../../scenarios/loader/error.ts';
import { didYouMean } from '../../scenarios/loader/suggest.ts';
import type { RecordedResult } from '../record/schema.ts';
import { parseCsv, type CsvCell } from './parse-csv.ts';
import { knownUnits, type RecordUnit } from './units.ts';

export interface ImportedSample {
  platform: string;
  metric: string;
  lens: string | null;
  /** Null where the file does not say. */
  unit: RecordUnit | null;
  better: RecordedResult['better'] | null;
  block: number | null;
  /** In the unit of the record. */
  value: number;
}

export interface ImportedRow extends ImportedSample {
  /** Where each cell stands, for who finds that rows contradict each other. */
  cells: Partial<Record<Column, CsvCell>>;
}

const required = ['platform', 'metric', 'value'] as const;
const optional = ['lens', 'unit', 'block', 'better'] as const;
const columns = [...required, ...optional];
type Column = (typeof columns)[number];

/** A file of the wrong kind has a mistake in every row. */
const shownMistakes = 20;

/**
 * @param file as it is shown
 * @throws ScenarioError (exit 2) with its mistakes
 */
export function readSamples(text: string, file: string): ImportedRow[] {
  const { rows, unclosed } = parseCsv(text);
  const mistakes: Mistake[] = [];
  const wrong: Wrong = (place, message) => {
    mistakes.push({ file, line: place.line, column: place.column, message });
  };
  if (unclosed) wrong(unclosed, 'this quote is never closed');
  const [head, ...body] = rows;
  const names = unclosed ? [] : columnsOf(head, wrong);
  if (mistakes.length === 0 && body.length === 0) {
    wrong(head?.[0] ?? { line: 1, column: 1 }, 'there is no row below the names of the columns');
  }
  const samples = mistakes.length > 0 ? [] : body.flatMap((row) => sampleOf(row, names, wrong) ?? []);
  refuse(mistakes);
  return samples;
}

/** @throws ScenarioError where there are any */
export function refuse(mistakes: readonly Mistake[]): void {
  if (mistakes.length === 0) return;
  const more = mistakes.length - shownMistakes;
  const rest = { file: '', line: null, column: null, message: `and ${more} more` };
  throw new ScenarioError([...mistakes.slice(0, shownMistakes), ...(more > 0 ? [rest] : [])]);
}

type Wrong = (place: Omit<CsvCell, 'text'>, message: string) => void;

function columnsOf(head: readonly CsvCell[] | undefined, wrong: Wrong): Column[] {
  if (!head) {
    wrong(
      { line: 1, column: 1 },
      `the file is empty; expected a line with ${required.join(', ')}, then a row per sample`,
    );
    return [];
  }
  const names = head.map(({ text }) => text);
  const [first] = head;
  if (first && head.length === 1 && /[;\t]/.test(first.text)) {
    wrong(first, 'columns are separated by commas');
    return [];
  }
  for (const [index, cell] of head.entries()) {
    if (!columns.some((known) => known === cell.text)) {
      wrong(cell, `unknown column ${JSON.stringify(cell.text)}${didYouMean(cell.text, columns)}`);
    } else if (names.indexOf(cell.text) < index) wrong(cell, `the column ${cell.text} stands twice`);
  }
  const missing = required.filter((name) => !names.includes(name));
  if (first && missing.length > 0) wrong(first, `missing column: ${missing.join(', ')}`);
  return names as Column[];
}

/** @returns null where something in the row is wrong, which has been said then */
function sampleOf(row: readonly CsvCell[], names: readonly Column[], wrong: Wrong): ImportedRow | null {
  const [first] = row;
  if (!first) return null;
  if (row.length !== names.length) {
    wrong(first, `${row.length} cells in this row; expected ${names.length}: ${names.join(', ')}`);
    return null;
  }
  const cells = Object.fromEntries(names.map((name, index) => [name, row[index]])) as ImportedRow['cells'];
  const before = { count: 0 };
  const say: Wrong = (place, message) => {
    before.count += 1;
    wrong(place, message);
  };
  const name = (column: Column): string => {
    const cell = cells[column] ?? first;
    if (cell.text === '') say(cell, `${column} is empty`);
    return cell.text;
  };
  const unit = unitOf(cells.unit, say);
  const sample = {
    platform: name('platform'),
    metric: metricOf(cells.metric, name('metric'), say),
    lens: cells.lens === undefined || cells.lens.text === '' ? null : cells.lens.text,
    unit: unit?.unit ?? null,
    better: betterOf(cells.better, say),
    block: blockOf(cells.block, say),
    value: numberOf(cells.value ?? first, say) * (unit?.factor ?? 1),
  };
  return before.count > 0 ? null : { ...sample, cells };
}

/** Metrics are addressed by gates and options, so they keep to the pattern of Tare's own. */
function metricOf(cell: CsvCell | undefined, text: string, wrong: Wrong): string {
  if (cell && text !== '' && !/^[A-Za-z][\w-]*(\.[\w-]+)+$/.test(text)) {
    wrong(
      cell,
      `the metric ${JSON.stringify(text)} needs a noun and a lens with a dot between, such as startup.ready`,
    );
  }
  return text;
}

function numberOf(cell: CsvCell, wrong: Wrong): number {
  const value = Number(cell.text);
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell.text) || !Number.isFinite(value)) {
    wrong(cell, `value: expected a number such as 12.5, found ${JSON.stringify(cell.text)}`);
  }
  return value;
}

function blockOf(cell: CsvCell | undefined, wrong: Wrong): number | null {
  if (cell === undefined) return null;
  const block = Number(cell.text);
  if (/^\d+$/.test(cell.text) && Number.isSafeInteger(block) && block > 0) return block;
  wrong(cell, `block: expected a whole number from 1 on, found ${JSON.stringify(cell.text)}`);
  return null;
}

function unitOf(cell: CsvCell | undefined, wrong: Wrong): { unit: RecordUnit; factor: number } | null {
  if (cell === undefined || cell.text === '') return null;
  const known = Object.hasOwn(knownUnits, cell.text) ? knownUnits[cell.text] : undefined;
  if (!known)
    wrong(cell, `unknown unit ${JSON.stringify(cell.text)}${didYouMean(cell.text, Object.keys(knownUnits))}`);
  return known ?? null;
}

function betterOf(cell: CsvCell | undefined, wrong: Wrong): ImportedSample['better'] {
  if (cell === undefined || cell.text === '') return null;
  if (cell.text === 'lower' || cell.text === 'higher') return cell.text;
  wrong(cell, `better: expected lower or higher, found ${JSON.stringify(cell.text)}`);
  return null;
}
