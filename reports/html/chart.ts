/** A chart as plain data: everything that needs knowledge of the record is decided here, the page's script only draws. */

/** Every sample as a point, with quartiles where there are enough of them. */
export interface DistributionChart {
  type: 'distribution';
  id: string;
  labels: string[];
  /** Id of each label's platform. */
  platforms: string[];
  /** Mark of each row's samples. */
  shapes: ('circle' | 'rect' | 'triangle')[];
  /** Ways to look at it; the first is shown at the start. */
  variants: DistributionVariant[];
}

export interface DistributionVariant {
  name: string;
  axis: string;
  /** Unit of the values, for labels. */
  symbol: string;
  scale: 'linear' | 'logarithmic' | 'relative';
  rows: { values: number[]; excluded: number[]; median: number | null }[];
}

/** Horizontal bars, beside each other or stacked. */
export interface BarChart {
  type: 'bars';
  id: string;
  labels: string[];
  /** Id of each label's platform. */
  platforms: string[];
  stacked: boolean;
  variants: BarVariant[];
}

export interface BarVariant {
  name: string;
  axis: string;
  /** Text at the end of each row of stacked bars; empty for bars side by side. */
  totals: string[];
  series: BarSeries[];
}

export interface BarSeries {
  name: string;
  /** Index of a colour of the palette. */
  colour: number;
  /** Drawn hatched, so that it is not taken for one of the others. */
  hatched: boolean;
  values: (number | null)[];
  /** Lowest and highest sample of each value, null where there is only one. */
  ranges: ([number, number] | null)[];
  /** The value as text, written at the end of its bar. */
  texts: string[];
}

/** A line per platform over the number of instances, with the place where each stopped. */
export interface CurveChart {
  type: 'curves';
  id: string;
  labels: string[];
  /** Id of each label's platform. */
  platforms: string[];
  /** Of the axis of instances. */
  over: 'linear' | 'logarithmic';
  variants: CurveVariant[];
}

export interface CurveVariant {
  name: string;
  axis: string;
  /** Unit of the values, for labels. */
  symbol: string;
  scale: 'linear' | 'logarithmic';
  /** A level that no line should pass: the budget, the objective. */
  bound: { value: number; text: string } | null;
  series: CurveSeries[];
}

export interface CurveSeries {
  name: string;
  /** Index of a colour of the palette; from the tenth on the line is dashed as well. */
  colour: number;
  shape: 'circle' | 'rect' | 'triangle';
  /** Steps at which every instance served, by number of instances. */
  good: CurvePoint[];
  /** Steps that were too much. */
  bad: CurvePoint[];
  /** What was held, and what stopped the next, for the legend. */
  end: string;
}

export interface CurvePoint {
  n: number;
  value: number;
}

/** A line per platform over runs in the order of time, with the places where it has changed. */
export interface TrendChart {
  type: 'trend';
  id: string;
  labels: string[];
  axis: string;
  /** Unit of the values, for labels. */
  symbol: string;
  /** What is said of each run: its day for the axis, and more for who points at it. */
  runs: { day: string; lines: string[] }[];
  series: TrendSeries[];
  variants: { name: string; scale: 'fitted' | 'linear' }[];
}

export interface TrendSeries {
  name: string;
  /** Index of a colour of the palette; from the tenth on the line is dashed as well. */
  colour: number;
  /** Run and median, in the order of time. */
  points: [run: number, value: number][];
  /** Runs with which a change begins. */
  changes: number[];
  /** First and last value, for the legend. */
  end: string;
}

export type Chart = DistributionChart | BarChart | CurveChart | TrendChart;
