/** The first page of a site of runs: what there is, and the way to every other page. */
import type { RunRecord } from '../../bench/record/schema.ts';
import { counted } from '../../bench/record/figures.ts';
import { headlineOf } from '../headline.ts';
import { markup, scriptJson, type Markup } from './markup.ts';
import { page } from './page.ts';

export interface SiteRun {
  /** Name of its folder on the site. */
  key: string;
  record: RunRecord;
  /** Its report, its record and what it is compared with; relative to the first page. */
  report: string;
  json: string;
  /** Comparison with the run before it or with the reference; null: there is none. */
  comparison: { page: string; with: string } | null;
}

export interface Site {
  title: string;
  /** Newest first. */
  runs: readonly SiteRun[];
  /** The page of trends; null where no run can be read for it. */
  history: string | null;
  /** Page of each pair that can be chosen, by the keys of the older and the newer run, a space between them. */
  comparisons: Readonly<Record<string, string>>;
  tareVersion: string;
}

export function siteIndex({ title, runs, history, comparisons, tareVersion }: Site): string {
  return page({
    title,
    head: markup`<header>
<p class="kicker">Tare · ${counted(runs.length, 'run')}</p>
<h1>${title}</h1>
${history === null ? null : markup`<p><a href="${history}">Trends of all figures, and where they changed</a></p>`}
</header>`,
    sections: [{ id: 'runs', title: 'Runs', content: runsTable(runs, comparisons) }],
    footer: markup`Written by tare ${tareVersion}. Figures are medians. The record of each run is beside its report.`,
    charts: [],
    script: 'runs',
    extraStyle: 'site.css',
  });
}

const columns = ['Run', 'Scenario', 'Started', 'Figures', 'Compare'];

function runsTable(runs: readonly SiteRun[], comparisons: Site['comparisons']): Markup {
  return markup`<form class="find" hidden><label>Search <input type="search" name="words" autocomplete="off"></label> <span class="found quiet" role="status">${counted(runs.length, 'run')}</span></form>
<p class="picked quiet" role="status">Compare: choose two runs one after the other. The older one is the reference.</p>
<div class="pair scroll" tabindex="0" role="region" aria-label="Medians of two runs" hidden></div>
<div class="scroll" tabindex="0" role="region" aria-label="All runs">
<table class="runs">
<thead><tr>${columns.map((name) => markup`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${runs.map(row)}</tbody>
</table>
</div>
<script type="application/json" id="comparisons">${scriptJson(comparisons)}</script>
<script type="application/json" id="medians">${scriptJson(Object.fromEntries(runs.map(({ key, record }) => [key, mediansOf(record)])))}</script>`;
}

/** What the page itself can compare, of two runs that have no page for it. */
interface Medians {
  /** Runs on different ones differ by more than what is measured. */
  machine: string;
  figures: [name: string, median: number, text: string][];
}

function mediansOf(record: RunRecord): Medians {
  const { rows, columns: shown } = headlineOf(record);
  const figures = rows.flatMap((row) =>
    shown.flatMap((column): Medians['figures'] => {
      const median = column.kind === 'figure' ? column.result(row)?.summary.median : null;
      return typeof median === 'number'
        ? [[`${row.platform.id}: ${column.title}`, median, column.text(row)]]
        : [];
    }),
  );
  return { machine: machineOf(record), figures };
}

function machineOf({ host }: RunRecord): string {
  return `${host.cpuModel}, kernel ${host.kernel}`;
}

function row({ key, record, report, json, comparison }: SiteRun): Markup {
  const { run, failures, gates } = record;
  const failed = gates.filter(({ verdict }) => verdict === 'fail').length;
  const troubles = [
    ...(run.status === 'complete' ? [] : [run.status]),
    ...(failures.length > 0 ? [counted(failures.length, 'failure')] : []),
    ...(failed > 0 ? [`${counted(failed, 'gate')} failed`] : []),
  ];
  return markup`<tr data-run="${key}" data-name="${run.id}">
<th scope="row"><a href="${report}">${run.id}</a><br><a class="quiet" href="${json}">record</a>${
    troubles.length === 0 ? null : markup` <strong>${troubles.join(', ')}</strong>`
  }</th>
<td>${scenarioOf(record)}</td>
<td>${run.startedAt.slice(0, 16).replace('T', ' ')}<br><span class="quiet">${machineOf(record)}</span></td>
<td>${figuresOf(record).map((text) => markup`${text}<br>`)}</td>
<td><button type="button" hidden aria-pressed="false" aria-label="Compare ${run.id}">compare</button>${
    comparison === null ? null : markup` <a href="${comparison.page}">with ${comparison.with}</a>`
  }</td>
</tr>
`;
}

export function scenarioOf({ run, workload }: RunRecord): string {
  const { name } = run.scenario;
  return typeof name === 'string' ? name : workload.name;
}

/** `runc 2.34 s (1.02×)`: the lead figure of each platform. */
function figuresOf(record: RunRecord): string[] {
  const { rows, columns: shown } = headlineOf(record);
  const [lead] = shown;
  if (!lead) return [];
  return rows.map((each) => {
    const ratio = each.ratio.endsWith('×') ? ` (${each.ratio})` : '';
    return `${each.platform.id} ${lead.text(each)}${ratio}`;
  });
}
