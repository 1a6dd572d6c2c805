/** What every format says of the claims, in the language of the report. */
import type { ClaimsReport, ReportedClaim, Verdict } from '../../bench/record/claims/schema.ts';
import { say, text, type Word } from '../../bench/record/claims/words/words.ts';

/** Told apart without color. */
export const signs: Readonly<Record<Verdict, string>> = {
  holds: '✓',
  'holds in part': '◐',
  'does not hold': '✗',
  'not measured': '–',
};

export type Say = (word: Word, values?: Record<string, string | number>) => string;

export function sayIn({ lang }: ClaimsReport): Say {
  return (word, values) => say(text(word, values), lang);
}

export function headline({ claims }: ClaimsReport, words: Say): string {
  const count = (wanted: Verdict): number => claims.filter(({ verdict }) => verdict === wanted).length;
  return words('page.head', {
    holds: count('holds'),
    part: count('holds in part'),
    not: count('does not hold'),
    open: count('not measured'),
  });
}

/** `vm cpu`, `docker`; where a claim has several metrics of one platform, the evidence names them. */
export function rowLabel({ platform, label, accel }: ReportedClaim['evidence'][number]): string {
  return `${platform}${label === undefined ? '' : ` ${label}`}${accel === 'tcg' ? ' (TCG)' : ''}`;
}

export function chartRows({ chart, evidence }: ReportedClaim): ReportedClaim['evidence'] {
  return chart.flatMap((index) => evidence[index] ?? []);
}

/** The runs that the evidence of a claim comes from. */
export function runsOf({ evidence }: ReportedClaim, { runs }: ClaimsReport): ClaimsReport['runs'] {
  return runs.filter(({ id }) => evidence.some(({ run }) => run === id));
}
