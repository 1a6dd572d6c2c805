import type { RunRecord } from '../../bench/record/schema.ts';
import { densityOf, isOnlyDensity } from '../density.ts';
import { legendText } from '../headline-figures.ts';
import { headlineOf, type Headline, type HeadlineColumn, type HeadlineRow } from '../headline.ts';
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
  const headline = headlineOf(record);
  return headline.rows.length === 0 ? markup`<p>No platform was run.</p>` : table(headline);
}

function table(headline: Headline): Markup {
  const { rows, columns } = headline;
  const cell = (row: HeadlineRow, column: HeadlineColumn, index: number): Markup =>
    markup`<td class="number${index === 0 ? ' lead' : ''}" data-label="${column.heading}">${
      column.kind === 'ratio' ? ratioText(row) : column.text(row)
    }</td>`;
  return markup`${choiceOf(headline)}<div class="headline scroll" tabindex="0" role="region" aria-label="Headline figures">
<table>
<caption>${legendText(headline)}</caption>
<thead><tr><th scope="col">Platform</th>${columns.map(({ heading }) => markup`<th scope="col" class="number">${heading}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => markup`
<tr${sortKeys(row, headline)}><th scope="row">${platformName(row.platform)}${kindText(row)}</th>${columns.map((column, index) => cell(row, column, index))}</tr>`,
  )}
</tbody>
</table>
</div>`;
}

/** Of an imported platform nobody knows it. */
function kindText({ platform: { kind, version } }: HeadlineRow): Markup | null {
  return kind === 'unknown' ? null : markup`<small>${kind}, ${version}</small>`;
}

function ratioText({ ratio, ratioWithInterval }: HeadlineRow): Markup {
  const interval = ratioWithInterval.slice(ratio.length).trim();
  return markup`${ratio}${interval === '' ? null : markup` <small>${interval}</small>`}`;
}
