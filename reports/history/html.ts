/** The history as a page: for each scenario and class of machine its changes, and a chart per figure. */
import type { HistorySeries, RunHistory } from '../../bench/record/history.ts';
import { counted, figure } from '../../bench/record/figures.ts';
import { chartFigure } from '../html/chart-figure.ts';
import { markup, type Markup } from '../html/markup.ts';
import { page, type Section } from '../html/page.ts';
import type { Reporter } from '../reporter.ts';
import { resultName } from '../wording.ts';
import { trendsOf, type Trend } from './trend-charts.ts';
import { changeSentence, changeText, dayOf, seriesPlatform, shortCommit } from './wording.ts';

export const historyHtml: Reporter<RunHistory> = {
  description: 'one self-contained HTML page with a chart per figure, changes marked',
  file: null,
  render(history, { home }) {
    const trends = history.groups.map((_, group) => trendsOf(history, group));
    return page({
      title: 'History',
      home,
      head: head(history),
      sections: [
        ...history.groups.flatMap((_, group) => groupSection(history, group, trends[group] ?? [])),
        { id: 'runs', title: 'Runs', content: runsTable(history) },
      ],
      footer: markup`Values are medians of runs. A change is marked where the runs before and after it differ with p of at most ${history.level}; one needs at least six runs, three on each side. The figures of every run: <code>tare history --reporter csv</code>.`,
      charts: trends.flat().map(({ chart }) => chart),
    });
  },
};

function head({ runs, series, unreadable }: RunHistory): Markup {
  const changes = series.reduce((sum, each) => sum + each.changes.length, 0);
  const days = [...new Set([runs[0], runs.at(-1)].map((run) => dayOf(run?.startedAt ?? '')))];
  return markup`<header>
<p class="kicker">Tare · history · ${days.join(' to ')}</p>
<h1>${counted(changes, 'change')} in ${counted(series.length, 'figure')} over ${counted(runs.length, 'run')}</h1>
${unreadable.map(({ message }) => markup`<p class="notice"><strong>Left out</strong> ${message}</p>\n`)}</header>`;
}

function groupSection(history: RunHistory, index: number, trends: readonly Trend[]): Section[] {
  const group = history.groups[index];
  const series = history.series.filter((each) => each.group === index);
  if (!group || series.length === 0) return [];
  const table = `All figures: ${group.scenario}`;
  const changes = series.flatMap((each) =>
    each.changes.map((change) => markup`<li>${changeSentence(each, change, history.runs)}</li>\n`),
  );
  return [
    {
      id: `group-${index}`,
      title: group.scenario,
      content: markup`<p class="quiet">${group.host}</p>
${changes.length === 0 ? markup`<p>No change was found.</p>` : markup`<ul class="plain">${changes}</ul>`}
${trends.map(({ title, chart }) => chartFigure(chart, { title, caption: 'Median of each run.', table }))}
${figuresTable(series, table)}`,
    },
  ];
}

const columns = ['Platform', 'Runs', 'First', 'Last', 'Change', 'Changes found'];

function figuresTable(series: readonly HistorySeries[], title: string): Markup {
  const names = [...new Set(series.map(resultName))];
  return markup`<details class="figures"><summary>${title}</summary>
<div class="scroll" tabindex="0" role="region" aria-label="${title}">
<table>
<thead><tr>${columns.map((name, index) => markup`<th scope="col"${index === 0 ? null : markup` class="number"`}>${name}</th>`)}</tr></thead>
${names.map(
  (name) => markup`<tbody>
<tr class="metric"><th colspan="${columns.length}" scope="rowgroup"><strong>${name}</strong></th></tr>
${series.filter((each) => resultName(each) === name).map(row)}</tbody>
`,
)}</table>
</div></details>`;
}

function row(series: HistorySeries): Markup {
  const { points, changes, unit } = series;
  const [first = NaN, last = NaN] = [points[0]?.median, points.at(-1)?.median];
  const cells = [
    String(points.length),
    figure(first, unit),
    figure(last, unit),
    points.length < 2 ? '–' : changeText(first, last, series),
    String(changes.length),
  ];
  return markup`<tr><th scope="row">${seriesPlatform(series)}</th>${cells.map((text) => markup`<td class="number">${text}</td>`)}</tr>
`;
}

function runsTable({ runs }: RunHistory): Markup {
  return markup`<details class="figures"><summary>All runs: ${runs.length}</summary>
<div class="scroll" tabindex="0" role="region" aria-label="All runs">
<table>
<thead><tr><th scope="col">Run</th><th scope="col">Started</th><th scope="col">Commit</th><th scope="col">Machine</th></tr></thead>
<tbody>${runs.map(
    ({ id, startedAt, commit, host }) =>
      markup`<tr><th scope="row">${id}</th><td>${startedAt}</td><td>${commit === null ? '–' : shortCommit(commit)}</td><td>${host}</td></tr>
`,
  )}</tbody>
</table>
</div></details>`;
}
