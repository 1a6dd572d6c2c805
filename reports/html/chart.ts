/** A chart as plain data: everything that needs knowledge of the record is decided here, the page's script only draws. */

/** Every sample as a point, with quartiles where there are enough of them. */
export interface DistributionChart {
  type: 'distribution';
  id: string;
  labels: string[];
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

export type Chart = DistributionChart | BarChart;
