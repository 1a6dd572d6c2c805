/** Samples from a CSV file of others, row by row; every mistake of the file with its line and column. */
import { ScenarioError, type Mistake } from '../../scenarios/loader/error.ts';
import { didYouMean } from '../../scenarios/loader/suggest.ts';
import type { RecordedResult } from '../record/schema.ts';
import { parseCsv, type CsvCell } from './parse-csv.ts';
import { betterOf, blockOf, metricName, unitOf, valueOf, type Wrong } from './cells.ts';
import type { RecordUnit } from './units.ts';

export interface ImportedSample {
  platform: string;
  metric: string;
  lens: string | null;
  unit: RecordUnit;
  /** Null where the file does not say. */
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
  const { rows, broken } = parseCsv(text);
  const mistakes: Mistake[] = [];
  const wrong: Wrong = (place, message) => {
    mistakes.push({ file, line: place.line, column: place.column, message });
  };
  if (broken) wrong(broken, broken.message);
  const [head, ...body] = rows;
  const names = broken ? [] : columnsOf(head, wrong);
  if (mistakes.length === 0 && body.length === 0) {
    wrong(head?.[0] ?? { line: 1, column: 1 }, 'there is no row below the names of the columns');
  }
  const samples = mistakes.length > 0 ? [] : body.flatMap((row) => sampleOf(row, names, wrong) ?? []);
  refuse(onceForAll(mistakes));
  return samples;
}

/** A column that is missing is missing in every row: the first says it for all. */
function onceForAll(mistakes: readonly Mistake[]): Mistake[] {
  const said = new Set<string>();
  return mistakes.filter(({ message }) => {
    const isFirst = !said.has(message);
    if (message.includes('add a column')) said.add(message);
    return isFirst;
  });
}

/** @throws ScenarioError where there are any */
export function refuse(mistakes: readonly Mistake[]): void {
  if (mistakes.length === 0) return;
  const more = mistakes.length - shownMistakes;
  const rest = { file: '', line: null, column: null, message: `and ${more} more` };
  throw new ScenarioError([...mistakes.slice(0, shownMistakes), ...(more > 0 ? [rest] : [])]);
}

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
  const separation = first ? separationMistake(first.text, head.length) : null;
  if (first && separation !== null) {
    wrong(first, separation);
    return [];
  }
  for (const [index, cell] of head.entries()) {
    if (cell.text === '') wrong(cell, `column ${index + 1} has no name; remove it, also where it is empty`);
    else if (!columns.some((known) => known === cell.text)) {
      wrong(cell, `unknown column ${JSON.stringify(cell.text)}${didYouMean(cell.text, columns)}`);
    } else if (names.indexOf(cell.text) < index)
      wrong(cell, `duplicate column ${cell.text}; keep one of them`);
  }
  const missing = required.filter((name) => !names.includes(name));
  if (first && missing.length > 0) wrong(first, `missing column: ${missing.join(', ')}`);
  return names as Column[];
}

/** Spreadsheets write the separator of their language. */
function separationMistake(head: string, columns: number): string | null {
  if (/^sep=/i.test(head)) return 'this line is for Excel alone; remove it, and separate columns by commas';
  const [, separator] = /([;\t])/.exec(head) ?? [];
  if (separator === undefined || columns > 1) return null;
  const name = separator === ';' ? 'semicolons' : 'tabs';
  return (
    `columns are separated by ${name}; expected commas, and points in numbers: ` +
    'save as CSV with an English locale, or convert the file'
  );
}

/** @returns null where something in the row is wrong, which has been said then */
function sampleOf(row: readonly CsvCell[], names: readonly Column[], wrong: Wrong): ImportedRow | null {
  const [first] = row;
  if (!first) return null;
  if (row.length !== names.length) {
    const hint =
      row.length > names.length
        ? '; a value with a comma in it needs a point instead, other text quotes'
        : '';
    wrong(first, `${row.length} cells in this row; expected ${names.length}: ${names.join(', ')}${hint}`);
    return null;
  }
  const cells = Object.fromEntries(names.map((name, index) => [name, row[index]])) as ImportedRow['cells'];
  let mistakes = 0;
  const say: Wrong = (place, message) => {
    mistakes += 1;
    wrong(place, message);
  };
  const { platform = first, metric: metricCell = first, value = first, lens } = cells;
  if (platform.text === '') say(platform, 'platform is empty');
  const metric = metricName(metricCell, say);
  const unit = mistakes > 0 && metric === '' ? null : unitOf(cells.unit, metricCell, say);
  const sample = {
    platform: platform.text,
    metric,
    lens: lens === undefined || lens.text === '' ? null : lens.text,
    unit: unit?.unit ?? 'count',
    better: betterOf(cells.better, say),
    block: blockOf(cells.block, say),
    value: valueOf(value, unit, say),
  };
  return mistakes > 0 ? null : { ...sample, cells };
}
