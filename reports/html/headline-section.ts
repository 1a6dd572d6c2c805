import type { RunRecord } from '../../bench/record/schema.ts';
import { densityOf, isOnlyDensity } from '../density.ts';
import { headlineOf, type HeadlineRow } from '../headline.ts';
import {
  emulationNotice,
  findingsToShow,
  findingText,
  headlineSentence,
  importNotice,
  statusNotice,
} from '../notices.ts';
import { runLines } from '../provenance.ts';
import { platformName } from '../wording.ts';
import { densityHeadlineTable } from './density-section.ts';
import { choiceOf, sortKeys } from './choice.ts';
import { markup, type Markup } from './markup.ts';

/** What one must know before any detail. On a phone each row becomes a card. */
export function headlineSection(record: RunRecord): Markup {
  const errors = findingsToShow(record).filter((finding) => finding.level === 'error');
  return markup`<header>
<p class="kicker">Tare · ${runLines(record)[0] ?? ''}</p>
<h1>${headlineSentence(record)}</h1>
${[
  importNotice(record),
  emulationNotice(record),
  statusNotice(record),
  ...errors.map((error) => `Unfair comparison. ${findingText(error)}`),
]
  .filter((text) => text !== null)
  .map(
    (text) => markup`<p class="notice"><strong>Note</strong> ${text}</p>
`,
  )}</header>
${figures(record)}`;
}

function figures(record: RunRecord): Markup {
  const density = isOnlyDensity(record) ? densityOf(record) : null;
  if (density) return densityHeadlineTable(density);
  const { rows, baseline, compression } = headlineOf(record);
  if (rows.length === 0) return markup`<p>No platform was run.</p>`;
  return table(rows, baseline ?? 'baseline', compression);
}

function table(rows: readonly HeadlineRow[], baseline: string, compression: string): Markup {
  const titles = {
    ready: 'Ready',
    ratio: `Times ${baseline}`,
    interval: 'Interval of ready',
    memory: 'Memory',
    image: compression === '' ? 'Image' : `Image (${compression})`,
    stop: 'Stop',
  };
  const cell = (row: HeadlineRow, name: keyof typeof titles): Markup =>
    markup`<td class="number${name === 'ready' ? ' ready' : ''}" data-label="${titles[name]}">${row.texts[name]}${
      name === 'ratio' ? ratioInterval(row) : null
    }</td>`;
  const names = Object.keys(titles) as (keyof typeof titles)[];
  return markup`${choiceOf(rows)}<div class="headline scroll" tabindex="0" role="region" aria-label="Headline figures">
<table>
<caption>Ready: median time from the start to the first complete good answer, with an interval of at least 95 %. Memory: proportional set size at rest. Image: what a pull transfers. Stop: graceful.</caption>
<thead><tr><th scope="col">Platform</th>${names.map((name) => markup`<th scope="col" class="number">${titles[name]}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => markup`
<tr${sortKeys(row)}><th scope="row">${platformName(row.platform)}<small>${row.platform.kind}, ${row.platform.version}</small></th>${names.map((name) => cell(row, name))}</tr>`,
  )}
</tbody>
</table>
</div>`;
}

function ratioInterval({ texts }: HeadlineRow): Markup | null {
  const interval = texts.ratioWithInterval.slice(texts.ratio.length).trim();
  return interval === '' ? null : markup` <small>${interval}</small>`;
}
