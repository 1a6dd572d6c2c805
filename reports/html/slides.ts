/** Every chart of a run as a picture for slides: one page for each chart, with what must be said beside it. */
import type { RunRecord } from '../../bench/record/schema.ts';
import { emulationNotice, headlineSentence } from '../notices.ts';
import { runLines } from '../provenance.ts';
import type { Picture, Reporter } from '../reporter.ts';
import { chartFigure } from './chart-figure.ts';
import { measureCharts, type WordedChart } from './chart-sections.ts';
import { densityCharts } from './density-section.ts';
import { markup } from './markup.ts';
import { page } from './page.ts';

/** 16:9, as slides are. */
const size = { width: 960, height: 540 };

export const png: Reporter = {
  description: 'every chart as a PNG for slides; needs Chromium',
  file: null,
  render: () => '',
  pictures: (record) =>
    [...densityCharts(record), ...measureCharts(record)].map((each) => pictureOf(each, record)),
};

function pictureOf({ chart: whole, words }: WordedChart, record: RunRecord): Picture {
  // In a picture nothing can be switched.
  const chart = { ...whole, variants: whole.variants.slice(0, 1) } as typeof whole;
  const html = page({
    title: words.title,
    head: markup`<header><p class="kicker">${headlineSentence(record)}</p></header>`,
    sections: [{ id: 'chart', title: words.title, content: chartFigure(chart, words) }],
    footer: markup`${[runLines(record)[0], emulationNotice(record)].filter(Boolean).join(' · ')}`,
    charts: [chart],
    extraStyle: 'slide.css',
  });
  return { name: chart.id, html, size };
}
