/** CSV as every table of Tare is written: a header, full precision, no cell that a spreadsheet takes for a formula. */
import { stringify } from 'csv-stringify/sync';

export type CsvCell = string | number | null | undefined;

export function csv(columns: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return stringify([columns, ...rows], { escape_formulas: true });
}

/** `state=rest compression=gzip` */
export function conditionCell(condition: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(condition)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}
