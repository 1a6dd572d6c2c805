/** The claims in Markdown: a summary in one table, and each claim with its parts and its evidence. */
import type { ClaimsReport, ReportedClaim } from '../../bench/record/claims/schema.ts';
import { markdownCell, markdownTable } from '../tables/markdown-table.ts';
import type { Reporter } from '../reporter.ts';
import { plainSpaces } from '../text-table.ts';
import { headline, rowLabel, runsOf, sayIn, signs } from './wording.ts';

export const claimsMarkdown: Reporter<ClaimsReport> = {
  description: 'Markdown: a summary, and each claim with its evidence',
  file: 'claims.md',
  render(report) {
    const words = sayIn(report);
    const blocks = [
      `# ${words('page.title')}`,
      `**${headline(report, words)}**`,
      ...report.machines.map(markdownCell),
      summary(report),
      ...report.claims.flatMap((claim) => claimBlocks(claim, report)),
      `## ${words('page.runs')}`,
      markdownTable(
        [
          words('card.run'),
          words('table.scenario'),
          words('table.workload'),
          words('table.started'),
          words('page.machine'),
        ],
        report.runs.map((run) => [run.id, run.scenario, run.workload, run.startedAt, run.machine]),
      ),
      `<sub>${markdownCell(words('page.footer', { version: report.tareVersion }))}</sub>`,
    ];
    return plainSpaces(`${blocks.filter((block) => block !== '').join('\n\n')}\n`);
  },
};

function summary(report: ClaimsReport): string {
  const words = sayIn(report);
  return markdownTable(
    [words('card.claim'), words('card.verdict'), words('table.value')],
    report.claims.map(({ id, claim, verdict, figure }) => [
      `${id}. ${claim}`,
      `${signs[verdict]} ${words(`verdict.${verdict}`)}`,
      figure ?? '',
    ]),
  );
}

function claimBlocks(claim: ReportedClaim, report: ClaimsReport): string[] {
  const words = sayIn(report);
  const { id, verdict, parts, thresholds, measured, limits, needs, evidence } = claim;
  const runs = runsOf(claim, report);
  const heading = words(verdict === 'holds in part' ? 'card.why' : 'card.parts');
  const facts = [
    [words('card.measured'), measured],
    [words('card.thresholds'), thresholds.join('; ')],
    [words('card.limits'), limits],
    ...(needs === null ? [] : [[words('card.needs'), needs]]),
    ...(runs.length === 0 ? [] : [[words('card.run'), runs.map((run) => run.id).join(', ')]]),
  ];
  const table = markdownTable(
    [words('table.platform'), words('table.metric'), words('table.value')],
    evidence.map((each) => [
      rowLabel(each),
      metricText(each),
      each.judged ? each.text : `${each.text} (${words('card.unjudged')})`,
    ]),
  );
  return [
    `## ${id}. ${markdownCell(claim.claim)}`,
    `**${signs[verdict]} ${words(`verdict.${verdict}`)}**${claim.figure === null ? '' : ` · ${markdownCell(claim.figure)} (${markdownCell(claim.figureLabel ?? '')})`}`,
    `${heading}:\n\n${parts
      .map((each) => {
        const named = `${each.part}: ${words(`verdict.${each.verdict}`)}`;
        return `- ${signs[each.verdict]} ${markdownCell(`${named} – ${each.reason}`)}`;
      })
      .join('\n')}`,
    facts.map(([name = '', what = '']) => `- ${name}: ${markdownCell(what)}`).join('\n'),
    evidence.length === 0
      ? ''
      : `<details><summary>${words('card.evidence')}</summary>\n\n${table}\n\n</details>`,
  ];
}

export function metricText({ metric, condition }: ReportedClaim['evidence'][number]): string {
  const of = Object.entries(condition).map(([key, value]) => `${key}=${String(value)}`);
  return [metric, ...of].join(' ');
}
