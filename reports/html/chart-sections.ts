import { isOurs, titleOf } from '../../bench/record/result.ts';
import type { RunRecord } from '../../bench/record/schema.ts';
import { compareLenses, lensName, lensOf } from '../wording.ts';
import type { Chart } from './chart.ts';
import { chartFigure, type ChartWords } from './chart-figure.ts';
import { imageChart, memoryChart, memoryPartsChart, phasesChart, startupChart, stopChart } from './charts.ts';
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
    const figures = (chartsOf[measure] ?? []).flatMap(({ chart: make, words }) => {
      const chart = make(record);
      if (!chart) return [];
      charts.push(chart);
      return [chartFigure(chart, { ...words, table: `All figures: ${title}` })];
    });
    const lenses = measure === 'memory' ? lensWords(record) : null;
    return {
      measure,
      id: `measure-${measure.replace(/[^a-z0-9-]/gi, '-')}`,
      title,
      content: markup`${figures}${lenses}${figuresTable(record, measure, title)}`,
    };
  });
  return { sections, charts };
}

function titleOfMeasure({ results }: RunRecord, measure: string): string {
  const first = results.find((result) => result.measure === measure);
  return first ? titleOf(first) : measure;
}

interface ChartEntry {
  chart: (record: RunRecord) => Chart | null;
  words: Omit<ChartWords, 'table'>;
}

const chartsOf: Readonly<Record<string, readonly ChartEntry[]>> = {
  startup: [
    {
      chart: startupChart,
      words: { title: 'Every start', caption: 'From the start command to the first complete good answer.' },
    },
    {
      chart: phasesChart,
      words: {
        title: 'Where the time goes',
        caption:
          'Mean length of each phase: means add up to the mean of the whole start, medians would not. ' +
          'What no mark explains is hatched.',
      },
    },
  ],
  stop: [
    {
      chart: stopChart,
      words: {
        title: 'How long it takes to end',
        caption:
          'Released is when nothing of the instance remains: processes, mounts, network, layer. Medians; lines reach the lowest and highest sample.',
      },
    },
  ],
  memory: [
    {
      chart: memoryChart,
      words: {
        title: 'One instance, seen through every lens',
        caption:
          'The same memory counted in different ways: compare like with like. Medians; lines reach the lowest and highest sample.',
      },
    },
    {
      chart: memoryPartsChart,
      words: {
        title: 'What a VM holds',
        caption:
          "Proportional set size of the VMM's process, by part. The translation cache exists only under TCG.",
      },
    },
  ],
  image: [
    {
      chart: imageChart,
      words: {
        title: 'What is shipped and stored',
        caption:
          'Transfer is what a pull moves, unpacked what lies on disk; virtual is what a disk claims to be, allocated what it takes; marginal is one more instance.',
      },
    },
  ],
};

function lensWords(record: RunRecord): Markup | null {
  const words = new Map(
    record.results
      .filter((result) => result.metric.startsWith('memory.') && isOurs(result))
      .sort((a, b) => compareLenses(lensOf(a), lensOf(b)))
      .map((result) => [lensName(lensOf(result)), result.definition] as const),
  );
  if (words.size === 0) return null;
  return markup`<details open><summary>What each lens counts</summary><dl class="facts">${[...words].map(
    ([name, definition]) => markup`<dt>${name}</dt><dd>${definition}</dd>`,
  )}</dl></details>`;
}
