/** How a measure is shown. Whatever a view leaves out is shown like the figures of any measure: in a table with definitions. */
import type { RunRecord } from '../../bench/record/schema.ts';
import type { HeadlineFigure } from '../headline-figures.ts';
import type { ChartWords } from '../html/chart-figure.ts';
import type { Chart } from '../html/chart.ts';
import type { Markup } from '../html/markup.ts';

export interface MeasureView {
  /** Its figure in the headline table. */
  headline?: (record: RunRecord) => HeadlineFigure;
  /** Charts of its section on the page, above its table. */
  charts?: readonly MeasureChart[];
  /** What every report says of its figures in words, beside the headline. */
  remarks?: (record: RunRecord) => Remarks | null;
  /** What its section says between charts and table. */
  notes?: (record: RunRecord) => Markup | null;
}

export interface Remarks {
  title: string;
  /** By platform. */
  lines: readonly (readonly [platform: string, text: string])[];
}

export interface MeasureChart {
  /** Null where the record has nothing to draw. */
  chart: (record: RunRecord) => Chart | null;
  words: Omit<ChartWords, 'table'>;
}
