/** What limits the figures: gates, fairness, platforms that were skipped, failures. */
import { counted } from '../../bench/record/figures.ts';
import type { RecordedFailure, RunRecord } from '../../bench/record/schema.ts';
import { findingText } from '../notices.ts';
import { skippedPlatforms } from '../../bench/record/queries.ts';
import { printable } from '../text-table.ts';
import { markup, type Markup } from './markup.ts';

export function gatesSection({ gates }: RunRecord): Markup | null {
  if (gates.length === 0) return null;
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="All gates"><table>
<caption>A gate fails or passes only if the whole interval of its figure lies beyond or inside its bound.</caption>
<thead><tr><th scope="col">Gate</th><th scope="col">Verdict</th><th scope="col">Expected</th><th scope="col">Found</th><th scope="col">Detail</th></tr></thead>
<tbody>${gates.map(
    (gate) => markup`
<tr><th scope="row">${gate.id}</th><td class="verdict-${gate.verdict}">${gate.verdict}${gate.level === 'warn' ? ' (warn only)' : ''}</td><td>${gate.expected}</td><td>${gate.found}</td><td>${gate.detail}</td></tr>`,
  )}
</tbody></table></div>`;
}

export function fairnessSection({ fairness }: RunRecord): Markup {
  if (fairness.length === 0) {
    return markup`<p>The run checked its platforms against each other and found nothing that makes a comparison unfair.</p>`;
  }
  return markup`<p>The run checks its own platforms: an error forbids a comparison, a warning weakens it, a note explains it.</p>
<ul class="plain">${fairness.map(
    (finding) =>
      markup`
<li><span class="level-${finding.level}">${finding.level}</span> <code>${finding.code}</code> ${findingText(finding)} <span class="quiet">Fix: ${finding.remedy}.</span></li>`,
  )}
</ul>`;
}

export function skippedSection(record: RunRecord): Markup | null {
  const skipped = skippedPlatforms(record);
  if (skipped.length === 0) return null;
  return markup`<ul class="plain">${skipped.map(
    ({ id, skipped: { reason, remedy } }) =>
      markup`
<li><strong>${id}</strong> ${reason} <span class="quiet">Fix: ${remedy}</span></li>`,
  )}
</ul>`;
}

export function failuresSection({ failures }: RunRecord): Markup | null {
  if (failures.length === 0) return null;
  return markup`<p>${counted(failures.length, 'instance')} gave no sample. A failure is never a sample and never silently repeated.</p>${failures.map(failureEntry)}`;
}

function failureEntry(failure: RecordedFailure): Markup {
  const block = failure.block === null ? '' : `, block ${failure.block}`;
  const instance = failure.instance === null ? '' : `, instance ${failure.instance}`;
  return markup`
<h3>${failure.platform}: ${failure.code}</h3>
<p>${failure.message}</p>
<p class="quiet">During ${failure.measure}${block}${instance}.${failure.log === null ? null : markup` Log: <code>${failure.log}</code>`}</p>
${failure.lines.length === 0 ? null : markup`<pre tabindex="0" aria-label="Last log lines">${failure.lines.map(printable).join('\n')}</pre>`}`;
}
