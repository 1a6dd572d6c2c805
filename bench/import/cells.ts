/** What the cells of a row must hold; each mistake with its place. */
import { metricOf } from '../../scenarios/measures/measures.ts';
import { didYouMean } from '../../scenarios/loader/suggest.ts';
import type { RecordedResult } from '../record/schema.ts';
import type { CsvCell } from './parse-csv.ts';
import { knownUnits, type KnownUnit } from './units.ts';

export type Wrong = (place: Omit<CsvCell, 'text'>, message: string) => void;

/** Squares and sums of many values within it stay finite. */
const largest = 1e100;

/** Metrics are addressed by gates and options, so they keep to the pattern of Tare's own. */
export function metricName(cell: CsvCell, wrong: Wrong): string {
  if (cell.text === '') wrong(cell, 'metric is empty');
  else if (!/^[A-Za-z][\w-]*(\.[\w-]+)+$/.test(cell.text)) {
    wrong(
      cell,
      `the metric ${JSON.stringify(cell.text)} needs a noun and a lens with a dot between, such as startup.ready`,
    );
  }
  return cell.text;
}

/** The unit that the row states, else that of a metric of Tare's. There is no other to guess. */
export function unitOf(cell: CsvCell | undefined, metric: CsvCell, wrong: Wrong): KnownUnit | null {
  const names = Object.keys(knownUnits);
  if (cell !== undefined && cell.text !== '') {
    const known = Object.hasOwn(knownUnits, cell.text) ? knownUnits[cell.text] : undefined;
    if (!known) wrong(cell, `unknown unit ${JSON.stringify(cell.text)}${didYouMean(cell.text, names)}`);
    return known ?? null;
  }
  const own = metricOf(metric.text);
  if (own) return { unit: own.unit, factor: 1 };
  const where = cell === undefined ? 'add a column "unit" with' : 'expected';
  wrong(cell ?? metric, `the unit of ${metric.text} is not known; ${where} one of ${names.join(', ')}`);
  return null;
}

export function valueOf(cell: CsvCell, unit: KnownUnit | null, wrong: Wrong): number {
  const { text } = cell;
  const written = Number(text);
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) {
    wrong(cell, `value: expected a number such as 12.5, found ${JSON.stringify(text)}${numberHint(text)}`);
    return NaN;
  }
  const value = written * (unit?.factor ?? 1);
  const isNothing = value === 0 && /[1-9]/.test(text.replace(/e.*/i, ''));
  if (!(Math.abs(value) <= largest) || isNothing) {
    const bound = isNothing ? 'is too small to be told from 0' : `is too large; expected at most ${largest}`;
    wrong(cell, `value: ${text} ${bound}${unit ? ` ${unit.unit}` : ''}`);
  } else if (value < 0 && unit !== null && unit.unit !== 'ratio') {
    wrong(cell, `value: ${text} is negative; expected a ${nouns[unit.unit]} of 0 or more`);
  }
  return value;
}

const nouns: Record<string, string> = { ms: 'time', bytes: 'size', count: 'count', rps: 'rate' };

function numberHint(text: string): string {
  if (/^[+-]?\d+,\d+$/.test(text))
    return '; write the decimal sign as a point, and leave out separators of thousands';
  if (/^[+-]?\d[\d.,'\u00a0\u202f ]*\d$/.test(text)) return '; leave out separators of thousands';
  return /^[\d.]+\s*[A-Za-zµ]+$/.test(text) ? '; the unit goes into a column of its own' : '';
}

export function blockOf(cell: CsvCell | undefined, wrong: Wrong): number | null {
  if (cell === undefined) return null;
  const block = Number(cell.text);
  if (/^\d+$/.test(cell.text) && Number.isSafeInteger(block) && block > 0) return block;
  const hint = cell.text === '' ? '; number every row, or leave the column out' : '';
  wrong(cell, `block: expected a whole number from 1 on, found ${JSON.stringify(cell.text)}${hint}`);
  return null;
}

export function betterOf(cell: CsvCell | undefined, wrong: Wrong): RecordedResult['better'] | null {
  if (cell === undefined || cell.text === '') return null;
  if (cell.text === 'lower' || cell.text === 'higher') return cell.text;
  wrong(cell, `better: expected lower or higher, found ${JSON.stringify(cell.text)}`);
  return null;
}
