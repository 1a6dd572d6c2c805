/** The claims on the terminal: each with its sign, its verdict and why. */
import { styleText } from 'node:util';
import type { ClaimsReport, ReportedClaim, Verdict } from '../../bench/record/claims/schema.ts';
import type { RenderOptions, Reporter } from '../reporter.ts';
import { plainSpaces, printable, wrap } from '../text-table.ts';
import { headline, sayIn, signs } from './wording.ts';

type Style = Parameters<typeof styleText>[0];

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
    const lines = [
      ...paragraph(headline(report, words), report, options, 'bold'),
      ...report.machines.flatMap((machine) => paragraph(machine, report, options, 'dim')),
      ...(report.runs.length === 0 ? [words('page.none')] : []),
      '',
      ...report.claims.flatMap((claim) => claimLines(claim, report, options)),
    ];
    return plainSpaces(`${lines.join('\n')}\n`);
  },
};

function claimLines(claim: ReportedClaim, report: ClaimsReport, options: RenderOptions): string[] {
  const words = sayIn(report);
  const { id, verdict, parts, needs, figure, figureLabel } = claim;
  const indented = (text: string, style?: Style): string[] =>
    paragraph(text, report, { ...options, columns: options.columns - 4 }, style).map((line) => `    ${line}`);
  const verdictText = words(`verdict.${verdict}`);
  return [
    ...paragraph(`${signs[verdict]} ${id}. ${claim.claim}`, report, options, 'bold'),
    ...indented(
      figure === null ? verdictText : `${verdictText} · ${figure} (${figureLabel ?? ''})`,
      styles[verdict],
    ),
    ...parts.flatMap((each) => indented(`${signs[each.verdict]} ${each.part}: ${each.reason}`)),
    ...(needs === null ? [] : indented(`${words('card.needs')}: ${needs}`, 'dim')),
    '',
  ];
}

function paragraph(
  text: string,
  { lang }: ClaimsReport,
  { columns, colour }: RenderOptions,
  style?: Style,
): string[] {
  // A character of Hangul takes two columns.
  const width = lang === 'ko' ? Math.floor(columns * 0.6) : columns;
  return wrap(printable(text), width, '  ').map((line) =>
    style && colour ? styleText(style, line, { validateStream: false }) : line,
  );
}
