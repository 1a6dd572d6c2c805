import { titleOf } from '../../bench/record/result.ts';
import type { RunRecord } from '../../bench/record/schema.ts';
import type { Remarks } from '../measures/measure.ts';
import { viewOf } from '../measures/views.ts';
import type { Chart } from './chart.ts';
import { chartFigure, type ChartWords } from './chart-figure.ts';
import { figuresTable, namesOfMeasure } from './figures-table.ts';
import { markup, type Markup } from './markup.ts';

export interface MeasureSections {
  sections: { measure: string; id: string; title: string; content: Markup }[];
  /** Charts that the page's script draws. */
  charts: Chart[];
}

/** A section per measure of the record: its charts, then every figure with its definition. */
export function measureSections(record: RunRecord): MeasureSections {
  const charts: Chart[] = [];
  const sections = namesOfMeasure(record).map((measure) => {
    const title = titleOfMeasure(record, measure);
    const view = viewOf(measure);
    const figures = chartsOfMeasure(record, measure).map(({ chart, words }) => {
      charts.push(chart);
      return chartFigure(chart, words);
    });
    return {
      measure,
      id: `measure-${measure.replace(/[^a-z0-9-]/gi, '-')}`,
      title,
      content: markup`${figures}${remarks(view.remarks?.(record) ?? null)}${view.notes?.(record) ?? null}${figuresTable(record, measure, title)}`,
    };
  });
  return { sections, charts };
}

function remarks(found: Remarks | null): Markup | null {
  if (found === null) return null;
  const lines = found.lines.map(([platform, text]) => markup`<dt>${platform}</dt><dd>${text}</dd>`);
  return markup`<details open><summary>${found.title}</summary><dl class="facts">${lines}</dl></details>`;
}

export interface WordedChart {
  chart: Chart;
  words: ChartWords;
}

/** Charts of all measures, in the order of the page. */
export function measureCharts(record: RunRecord): WordedChart[] {
  return namesOfMeasure(record).flatMap((measure) => chartsOfMeasure(record, measure));
}

function chartsOfMeasure(record: RunRecord, measure: string): WordedChart[] {
  const table = `All figures: ${titleOfMeasure(record, measure)}`;
  return (viewOf(measure).charts ?? []).flatMap(({ chart: make, words }) => {
    const chart = make(record);
    return chart ? [{ chart, words: { ...words, table } }] : [];
  });
}

function titleOfMeasure({ results }: RunRecord, measure: string): string {
  const first = results.find((result) => result.measure === measure);
  return first ? titleOf(first) : measure;
}
