/** The claims on the terminal: each with its sign, its verdict and why. */
import type { ClaimsReport, ReportedClaim, Verdict } from '../../bench/record/claims/schema.ts';
import type { RenderOptions, Reporter } from '../reporter.ts';
import { paragraph, type Style } from '../terminal-text.ts';
import { plainSpaces } from '../text-table.ts';
import { headline, sayIn, signs } from './wording.ts';

const styles: Readonly<Record<Verdict, Style>> = {
  holds: 'green',
  'holds in part': 'yellow',
  'does not hold': 'red',
  'not measured': 'dim',
};

export const claimsTerminal: Reporter<ClaimsReport> = {
  description: 'text for the terminal: each claim with its verdict and why',
  file: null,
  render(report, options) {
    const words = sayIn(report);
    // A character of Hangul takes two columns.
    const own = report.lang === 'ko' ? { ...options, columns: Math.floor(options.columns * 0.6) } : options;
    const lines = [
      ...paragraph(headline(report, words), own, 'bold'),
      ...report.machines.flatMap((machine) => paragraph(machine, own, 'dim')),
      ...(report.runs.length === 0 ? [words('page.none')] : []),
      '',
      ...report.claims.flatMap((claim) => claimLines(claim, report, own)),
    ];
    return plainSpaces(`${lines.join('\n')}\n`);
  },
};

function claimLines(claim: ReportedClaim, report: ClaimsReport, options: RenderOptions): string[] {
  const words = sayIn(report);
  const { id, verdict, parts, needs, figure, figureLabel } = claim;
  const indented = (text: string, style?: Style): string[] =>
    paragraph(text, { ...options, columns: options.columns - 4 }, style).map((line) => `    ${line}`);
  const verdictText = words(`verdict.${verdict}`);
  return [
    ...paragraph(`${signs[verdict]} ${id}. ${claim.claim}`, options, 'bold'),
    ...indented(
      figure === null ? verdictText : `${verdictText} · ${figure} (${figureLabel ?? ''})`,
      styles[verdict],
    ),
    ...parts.flatMap((each) => indented(`${signs[each.verdict]} ${each.part}: ${each.reason}`)),
    ...(needs === null ? [] : indented(`${words('card.needs')}: ${needs}`, 'dim')),
    '',
  ];
}
