/** Figures as a person reads them: three digits that count, with their unit. The record keeps full precision. */
import type { RecordedResult } from './schema.ts';

export type Unit = RecordedResult['unit'];

/** One unit for a whole axis or interval: divide by `divisor`, then write `symbol`. */
export interface Scale {
  divisor: number;
  symbol: string;
  /** The symbol written out, for the title of an axis. */
  name: string;
  /** Values as words, where numbers would say less. */
  word?: (value: number) => string;
}

const durations: readonly Scale[] = [
  { divisor: 0.001, symbol: 'µs', name: 'microseconds' },
  { divisor: 1, symbol: 'ms', name: 'milliseconds' },
  { divisor: 1000, symbol: 's', name: 'seconds' },
];
/** Never to be taken for the others: a million executed instructions are one virtual millisecond. */
const virtualDurations = durations.map(({ divisor, symbol, name }) => ({
  divisor,
  symbol: `virtual ${symbol}`,
  name: `virtual ${name}`,
}));
const sizes: readonly Scale[] = [
  { divisor: 1, symbol: 'B', name: 'bytes' },
  { divisor: 2 ** 10, symbol: 'KiB', name: 'KiB' },
  { divisor: 2 ** 20, symbol: 'MiB', name: 'MiB' },
  { divisor: 2 ** 30, symbol: 'GiB', name: 'GiB' },
  { divisor: 2 ** 40, symbol: 'TiB', name: 'TiB' },
];
const scaled: Readonly<Record<'ms' | 'virtual ms' | 'bytes', readonly Scale[]>> = {
  ms: durations,
  'virtual ms': virtualDurations,
  bytes: sizes,
};
type PlainUnit = 'count' | 'ratio' | 'share' | 'yes-no' | 'rps';
const plain: Readonly<Record<PlainUnit, Scale>> = {
  count: { divisor: 1, symbol: '', name: 'count' },
  ratio: { divisor: 1, symbol: '×', name: 'ratio' },
  share: { divisor: 0.01, symbol: '%', name: 'percent' },
  'yes-no': { divisor: 1, symbol: '', name: 'share of tries', word: yesNo },
  rps: { divisor: 1, symbol: '/s', name: 'requests per second' },
};

function isPlain(unit: Unit): unit is PlainUnit {
  return unit in plain;
}

/** Of one try, or in how many of several. */
function yesNo(value: number): string {
  return value === 1 ? 'yes' : value === 0 ? 'no' : `${digits(100 * value)}\u00a0%`;
}

export function isTime(unit: Unit): boolean {
  return unit === 'ms' || unit === 'virtual ms';
}

/** The largest unit in which the value is at least one; the smallest unit for zero is the base unit. */
export function scaleFor(unit: Unit, value: number): Scale {
  if (isPlain(unit)) return plain[unit];
  const [smallest, ...larger] = scaled[unit];
  if (!smallest) throw new Error('a unit has at least one scale');
  const magnitude = Math.abs(value);
  const base = magnitude === 0 && isTime(unit) ? larger[0] : smallest;
  return larger.findLast((scale) => threeDigits(magnitude / scale.divisor) >= 1) ?? base ?? smallest;
}

/**
 * One unit for values that stand in a column: the largest one's, unless the smallest would then be a hundredth or less.
 */
export function sharedScale(unit: Unit, values: readonly number[]): Scale {
  const magnitudes = values.map(Math.abs).filter((magnitude) => magnitude > 0);
  const largest = scaleFor(unit, Math.max(0, ...magnitudes));
  const all = isPlain(unit) ? [plain[unit]] : scaled[unit];
  const smaller = all.filter(({ divisor }) => divisor <= largest.divisor);
  const least = Math.min(...magnitudes);
  return smaller.findLast(({ divisor }) => least / divisor >= 0.01) ?? smaller[0] ?? largest;
}

/** `2.14`, for a column whose head has the unit; a dash for what does not exist. */
export function figureOn(scale: Scale, value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return scale.word?.(value) ?? digits(value / scale.divisor);
}

/** `2.14 s`, `245 MiB`, `1.05×`, with a no-break space; a dash for what does not exist. */
export function figure(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined) return '–';
  if (unit === 'count' && Number.isInteger(value)) return String(value);
  const scale = scaleFor(unit, value);
  return withSymbol(figureOn(scale, value), scale);
}

/** `2.05–2.18 s`: both ends in the unit of the upper one. */
export function range(low: number | null, high: number | null, unit: Unit): string {
  if (low === null || high === null) return '–';
  const scale = scaleFor(unit, Math.max(Math.abs(low), Math.abs(high)));
  return withSymbol(rangeOn(scale, low, high), scale);
}

/** `2.05–2.18`, for a column whose head has the unit. */
export function rangeOn(scale: Scale, low: number, high: number): string {
  if (scale.word) return low === high ? scale.word(low) : `${scale.word(low)}–${scale.word(high)}`;
  // A dash between numbers of which one has a minus sign would be misread.
  const between = low < 0 || high < 0 ? ' to ' : '–';
  const decimals = decimalsOf(threeDigits(Math.max(Math.abs(low), Math.abs(high)) / scale.divisor));
  const end = (value: number): string => fixed(value / scale.divisor, decimals);
  return `${end(low)}${between}${end(high)}`;
}

/** `1 failure`, `3 failures`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Three significant digits, and whole numbers from 100 on. */
export function digits(value: number): string {
  const rounded = threeDigits(value);
  const magnitude = Math.abs(rounded);
  if (magnitude === 0) return '0';
  // Below a thousandth the fixed form would be all zeros.
  if (magnitude < 0.001) return rounded.toExponential(1);
  return fixed(magnitude >= 1000 ? value : rounded, decimalsOf(magnitude));
}

function decimalsOf(magnitude: number): number {
  return magnitude === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(magnitude)));
}

function fixed(value: number, decimals: number): string {
  return value.toFixed(decimals).replace('-', '−');
}

function threeDigits(value: number): number {
  return Number(value.toPrecision(3));
}

function withSymbol(text: string, { symbol }: Scale): string {
  return symbol === '' || symbol === '×' || symbol === '/s' ? `${text}${symbol}` : `${text}\u00a0${symbol}`;
}
