/** Units that others write, and the unit of the record that each becomes. */
import type { RecordedResult } from '../record/schema.ts';

/** Nothing that is imported has virtual time. */
export type RecordUnit = Exclude<RecordedResult['unit'], 'virtual ms'>;

export interface KnownUnit {
  unit: RecordUnit;
  /** One of it in the record's unit. */
  factor: number;
}

export const knownUnits: Readonly<Record<string, KnownUnit>> = {
  ns: { unit: 'ms', factor: 1e-6 },
  us: { unit: 'ms', factor: 1e-3 },
  ms: { unit: 'ms', factor: 1 },
  s: { unit: 'ms', factor: 1e3 },
  bytes: { unit: 'bytes', factor: 1 },
  KiB: { unit: 'bytes', factor: 2 ** 10 },
  MiB: { unit: 'bytes', factor: 2 ** 20 },
  GiB: { unit: 'bytes', factor: 2 ** 30 },
  count: { unit: 'count', factor: 1 },
  ratio: { unit: 'ratio', factor: 1 },
  rps: { unit: 'rps', factor: 1 },
};
