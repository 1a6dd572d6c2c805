/** A chart's place on the page: its words, legend, switch and canvas. The script fills the canvas. */
import type { BarChart, Chart, CurveChart, DistributionChart, TrendChart } from './chart.ts';
import { Markup, markup } from './markup.ts';

export interface ChartWords {
  title: string;
  /** How to read it. */
  caption: string;
  /** Id of the section whose table has the same figures. */
  table: string;
}

export function chartFigure(chart: Chart, words: ChartWords): Markup {
  return markup`<figure id="chart-${chart.id}">
<figcaption><h3>${words.title}</h3><p>${words.caption}</p></figcaption>
${chart.variants.length > 1 ? toggle(chart) : null}
${legend(chart)}
<div class="canvas"><canvas role="img" aria-label="${description(chart, words)}"></canvas></div>
<details class="values"><summary>${words.title}: as a table</summary>
<div class="scroll" tabindex="0" role="region" aria-label="${words.title}: as a table"></div>
</details>
</figure>`;
}

function toggle(chart: Chart): Markup {
  const name = chart.type === 'bars' ? 'Show' : chart.type === 'curves' ? 'Lens' : 'Axis';
  return markup`<fieldset class="toggle"><legend>${name}</legend>${chart.variants.map(
    (variant, index) =>
      markup`<label><input type="radio" name="toggle-${chart.id}" value="${index}"${
        index === 0 ? new Markup(' checked') : null
      }> ${variant.name}</label>`,
  )}</fieldset>`;
}

function legend(chart: Chart): Markup {
  return markup`<ul class="legend">${legendEntries(chart)}</ul>`;
}

function legendEntries(chart: Chart): Markup[] {
  switch (chart.type) {
    case 'distribution':
      return distributionLegend(chart);
    case 'bars':
      return barLegend(chart);
    case 'curves':
      return curveLegend(chart);
    case 'trend':
      return trendLegend(chart);
  }
}

function curveLegend(chart: CurveChart): Markup[] {
  const all = chart.variants.flatMap(({ series }) => series);
  const names = new Map(all.map((series) => [series.name, series] as const));
  return [
    ...[...names.values()].map(
      ({ name, colour, end }) =>
        markup`<li class="c${colour % 9}">${name} <span class="quiet">${end}</span></li>`,
    ),
    ...(all.some(({ bad }) => bad.length > 0)
      ? [markup`<li class="cross">a step that was too much</li>`]
      : []),
  ];
}

function trendLegend({ series }: TrendChart): Markup[] {
  return [
    ...series.map(
      ({ name, colour, end }) =>
        markup`<li class="c${colour % 9}">${name} <span class="quiet">${end}</span></li>`,
    ),
    ...(series.some(({ changes }) => changes.length > 0) ? [markup`<li class="change">a change</li>`] : []),
  ];
}

function distributionLegend(chart: DistributionChart): Markup[] {
  const excluded = (chart.variants[0]?.rows ?? []).some((row) => row.excluded.length > 0);
  return [
    markup`<li class="point">a sample (circle: process, square: container, triangle: VM)</li>`,
    ...(excluded ? [markup`<li class="hollow">a sample that is in no figure, such as the warm-up</li>`] : []),
    markup`<li class="median">median</li>`,
    markup`<li class="quartiles">quartiles, from five samples on; lines reach the lowest and highest sample</li>`,
  ];
}

function barLegend(chart: BarChart): Markup[] {
  const seen = new Map(
    chart.variants.flatMap(({ series }) => series).map((series) => [series.name, series] as const),
  );
  return [...seen.values()].map(
    ({ name, colour, hatched }) => markup`<li class="${hatched ? 'hatched' : `c${colour % 9}`}">${name}</li>`,
  );
}

/** What a screen reader says; the figures themselves are in the table. */
function description(chart: Chart, words: ChartWords): string {
  const rows = chart.labels.map((label, row) => `${label}${rowText(chart, row)}`).join('; ');
  return `Chart: ${words.title}. ${rows}. The same figures are in the table "${words.table}".`;
}

function rowText(chart: Chart, row: number): string {
  if (chart.type === 'distribution') return ` ${chart.variants[0]?.rows[row]?.values.length ?? 0} samples`;
  if (chart.type === 'curves') return ` ${chart.variants[0]?.series[row]?.end ?? ''}`;
  if (chart.type === 'trend') return ` ${chart.series[row]?.end ?? ''}`;
  const variant = chart.variants[0];
  if (!variant) return '';
  if (variant.totals[row] !== undefined) return ` ${variant.totals[row]}`;
  return ` ${variant.series.map((series) => `${series.name} ${series.texts[row] ?? ''}`).join(', ')}`;
}
