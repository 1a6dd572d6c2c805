/** What a metric is, and the families of metrics whose last part is a name. */

/**
 * Units that a metric can have; gates write their bounds in them. A share is of 1; `yes-no` is 1 or 0 for each try.
 */
export type MetricUnit = 'ms' | 'bytes' | 'count' | 'ratio' | 'share' | 'yes-no' | 'rps';

export interface Metric {
  unit: MetricUnit;
  better: 'lower' | 'higher';
  /** What it is, in one or two sentences. */
  definition: string;
  /** A share of another figure: it explains that figure, and is neither compared nor a finding beside it. */
  isPart?: true;
  /** Repeating the measurement cannot change it: the size of a file. */
  isExact?: true;
  /** A run observes it once for each platform, so that it has no interval of its own. */
  isSingle?: true;
  /** What it is by one of its lenses, where one sentence does not fit all. */
  ofLens?: (lens: string) => string;
}

/** Metrics that share all but the last part of their names. */
export interface MetricFamily {
  /** Up to the name, with the dot: `startup.phase.`. */
  prefix: string;
  /** What the name names: `phase`. */
  of: string;
  metric: (name: string) => Metric;
}

/** What the names of a family look like; those of marks in a workload file do. */
const namePattern = /^[a-z0-9][a-z0-9.-]*$/;

export function metricOfFamily({ prefix, metric }: MetricFamily, name: string): Metric | null {
  const last = name.slice(prefix.length);
  return name.startsWith(prefix) && namePattern.test(last) ? metric(last) : null;
}

export const ms = (definition: string): Metric => ({ unit: 'ms', better: 'lower', definition });
export const bytes = (definition: string): Metric => ({ unit: 'bytes', better: 'lower', definition });
