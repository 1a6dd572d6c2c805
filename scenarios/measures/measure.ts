/** What can be asked for: the options of a measure in a scenario file, and the metrics that it yields. */
import type { z } from 'zod';
import type { Path } from '../loader/source.ts';
import type { ResolvedPlatform } from '../resolved.ts';
import type { Metric, MetricFamily } from './metric.ts';

export interface MeasureSpec<Schema extends z.ZodType, Options extends object> {
  /** Heading of its figures in reports. */
  title: string;
  /** What a scenario file may write below the measure's name; its description says what is measured. */
  schema: Schema;
  /** What it can be taken of: a workload that serves, or a program that ends by itself. Absent: either. */
  takes?: 'server' | 'program';
  /** @param usual what holds where the file does not say it */
  resolve(written: z.output<Schema>, usual: { samples: number }): Options;
  /** Options that contradict each other or the platforms. */
  mistakes?(options: Options, platforms: readonly ResolvedPlatform[]): OptionMistake[];
  /** How many samples its options ask for. Without it the measure has no number of its own. */
  sampling?: Sampling<Options>;
  /** By their whole names: `startup.ready`. */
  metrics: Readonly<Record<string, Metric>>;
  families?: readonly MetricFamily[];
  /** Options that two runs must have alike if their figures are to be compared. */
  differences?: readonly OptionDifference<keyof Options & string>[];
}

/** A measure among others: nobody but its own file knows its options. */
export type AnyMeasure = Omit<MeasureSpec<z.ZodType, object>, 'differences'> & {
  differences?: readonly OptionDifference<string>[];
};

export interface Sampling<Options> {
  count(options: Options): number;
  withCount(options: Options, count: number): Options;
}

export interface OptionMistake {
  /** Below the measure. */
  path: Path;
  message: string;
}

export interface OptionDifference<Option extends string> {
  /** An obstacle makes figures incomparable; a note is shown and left to the reader. */
  level: 'obstacle' | 'note';
  /** Names the difference: `page-cache state`. */
  what: string;
  option: Option;
}

/** Holds a measure's parts against each other and keeps their types. */
export function defineMeasure<Schema extends z.ZodType, Options extends object>(
  spec: MeasureSpec<Schema, Options>,
): MeasureSpec<Schema, Options> {
  return spec;
}
