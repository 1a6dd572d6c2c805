/** The claims as one page: what a tired person reads first, then a card for each claim, its evidence folded away. */
import type { ClaimsReport, ReportedClaim, Verdict } from '../../bench/record/claims/schema.ts';
import { markup, type Markup } from '../html/markup.ts';
import { page } from '../html/page.ts';
import type { Reporter } from '../reporter.ts';
import { chartOf } from './chart.ts';
import { metricText } from './markdown.ts';
import { headline, rowLabel, runsOf, sayIn, signs, type Say } from './wording.ts';

export const claimsHtml: Reporter<ClaimsReport> = {
  description: 'one self-contained HTML page: a summary, and a card for each claim',
  file: 'claims.html',
  render(report) {
    const words = sayIn(report);
    return page({
      title: words('page.title'),
      lang: report.lang,
      extraStyle: 'claims.css',
      head: head(report, words),
      sections: [
        {
          id: 'cards',
          title: words('page.cards'),
          content: markup`<div class="cards">${report.claims.map((claim) => card(claim, report, words))}</div>`,
        },
        { id: 'runs', title: words('page.runs'), content: runsTable(report, words) },
      ],
      footer: markup`${words('page.footer', { version: report.tareVersion })}`,
    });
  },
};

function head(report: ClaimsReport, words: Say): Markup {
  return markup`<header>
<p class="kicker">${words('page.kicker')} · ${words('page.title')}</p>
<h1>${headline(report, words)}</h1>
${report.machines.length === 0 ? markup`<p class="notice">${words('page.none')}</p>` : report.machines.map((machine) => markup`<p class="quiet">${machine}</p>`)}
</header>
<ol class="verdicts" aria-label="${words('page.summary')}">${report.claims.map((claim) => summaryRow(claim, words))}
</ol>`;
}

function summaryRow(claim: ReportedClaim, words: Say): Markup {
  const { id, verdict, parts, figure, figureLabel } = claim;
  const which = verdict === 'holds in part' ? parts.map((each) => `${signs[each.verdict]} ${each.part}`) : [];
  return markup`
<li><a href="#claim-${id}">${badge(verdict, words)}<span class="sentence">${claim.claim}${
    which.length === 0 ? null : markup`<small>${which.join(' · ')}</small>`
  }</span><span class="figure">${figure === null ? null : markup`${figure}<small>${figureLabel ?? ''}</small>`}</span></a></li>`;
}

function badge(verdict: Verdict, words: Say): Markup {
  return markup`<span class="badge ${className(verdict)}"><span aria-hidden="true">${signs[verdict]}</span> ${words(`verdict.${verdict}`)}</span>`;
}

function className(verdict: Verdict): string {
  return `claim-${verdict.replaceAll(' ', '-')}`;
}

function card(claim: ReportedClaim, report: ClaimsReport, words: Say): Markup {
  const { id, verdict, parts, measured, thresholds, limits, needs, figure, figureLabel } = claim;
  const why = words(verdict === 'holds in part' ? 'card.why' : 'card.parts');
  return markup`
<article id="claim-${id}" class="card" aria-labelledby="claim-${id}-title">
<p class="top">${badge(verdict, words)}<span class="number">${id}</span></p>
<h3 id="claim-${id}-title">${claim.claim}</h3>
${figure === null ? null : markup`<p class="lead">${figure} <small>${figureLabel ?? ''}</small></p>`}
${chartOf(claim, words)}
<h4>${why}</h4>
<ul class="parts">${parts.map(
    (each) =>
      markup`<li><span class="sign ${className(each.verdict)}" aria-hidden="true">${signs[each.verdict]}</span><span><strong>${each.part}: ${words(`verdict.${each.verdict}`)}.</strong> ${each.reason}</span></li>`,
  )}</ul>
${needs === null ? null : markup`<h4>${words('card.needs')}</h4><p>${needs}</p>`}
<h4>${words('card.measured')}</h4>
<p>${measured}</p>
<details><summary>${words('card.evidence')}</summary>
<p class="quiet">${words('card.thresholds')}: ${thresholds.join('; ')}</p>
<p class="quiet">${words('card.limits')}: ${limits}</p>
${evidenceTable(claim, words)}</details>
${runLinks(claim, report, words)}
</article>`;
}

function evidenceTable({ evidence }: ReportedClaim, words: Say): Markup | null {
  if (evidence.length === 0) return null;
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${words('card.evidence')}"><table>
<thead><tr><th scope="col">${words('table.platform')}</th><th scope="col">${words('table.metric')}</th><th scope="col" class="number">${words('table.value')}</th></tr></thead>
<tbody>${evidence.map(
    (each) =>
      markup`<tr><th scope="row">${rowLabel(each)}</th><td>${metricText(each)}</td><td class="number">${each.text}${each.judged ? null : markup`<small> ${words('card.unjudged')}</small>`}</td></tr>
`,
  )}</tbody></table></div>`;
}

function runLinks(claim: ReportedClaim, report: ClaimsReport, words: Say): Markup | null {
  const runs = runsOf(claim, report);
  if (runs.length === 0) return null;
  const links = runs.map(({ id, folder }) =>
    folder === null ? markup` ${id}` : markup` <a href="${linkTo(folder)}">${id}</a>`,
  );
  return markup`<p class="quiet">${words('card.run')}:${links}</p>`;
}

function linkTo(folder: string): string {
  return `${folder.split('/').map(encodeURIComponent).join('/')}/report.html`;
}

function runsTable({ runs }: ClaimsReport, words: Say): Markup {
  const columns = ['card.run', 'table.scenario', 'table.workload', 'table.started', 'page.machine'] as const;
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${words('page.runs')}"><table>
<thead><tr>${columns.map((name) => markup`<th scope="col">${words(name)}</th>`)}</tr></thead>
<tbody>${runs.map(
    ({ id, scenario, workload, startedAt, machine }) =>
      markup`<tr><th scope="row">${id}</th><td>${scenario}</td><td>${workload}</td><td>${startedAt}</td><td>${machine}</td></tr>
`,
  )}</tbody></table></div>`;
}
