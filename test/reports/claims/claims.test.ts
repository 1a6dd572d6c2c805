import { describe, expect, test } from 'vitest';
import { reportClaims } from '../../../bench/analysis/claims/report-claims.ts';
import { claimsSchema, type ClaimsReport } from '../../../bench/record/claims/schema.ts';
import { languages } from '../../../bench/record/claims/words/words.ts';
import { claimsReporters } from '../../../reports/claims/index.ts';
import { densityRecord } from '../../fixtures/records/density-records.ts';
import { makeRecord } from '../../fixtures/records/make-record.ts';
import { hostileRecord, troubledRecord } from '../../fixtures/records/odd-records.ts';

const options = { columns: 100, colour: false };
const runs = [
  { record: makeRecord(), folder: 'tomcat' },
  { record: densityRecord(), folder: null },
];
const report = (lang: ClaimsReport['lang'] = 'en', of = runs): ClaimsReport =>
  reportClaims(of, lang, '0.1.0');
/** Figures with their units, as they stand in the text. */
const figuresIn = (text: string): string[] =>
  (text.match(/\d[\d.]*\s?(?:ms|s|KiB|MiB|GiB|×)(?![\w가-힣])/g) ?? []).sort();

describe('The claims report', () => {
  test.each(languages)('is valid in "%s", with and without runs', (lang) => {
    expect(claimsSchema.safeParse(report(lang)).error).toBeUndefined();
    expect(claimsSchema.safeParse(report(lang, [])).error).toBeUndefined();
  });

  test('has the same verdicts and figures in every language', () => {
    const [en, ko] = [report('en'), report('ko')];
    const bare = ({ claims }: ClaimsReport): unknown =>
      claims.map(({ id, verdict, figure, evidence, chart }) => ({ id, verdict, figure, evidence, chart }));
    expect(bare(ko)).toEqual(bare(en));
    for (const name of ['terminal', 'markdown'] as const) {
      const text = (of: ClaimsReport): string => claimsReporters[name].render(of, options);
      expect(figuresIn(text(ko))).toEqual(figuresIn(text(en)));
    }
  });

  test('says in its reason which part holds', () => {
    const [first] = report().claims;
    expect(first?.verdict).toBe('holds in part');
    expect(first?.reason).toMatch(/A VM takes minutes: not measured – .*A container takes seconds: holds – /);
  });

  test('names a run by its folder, and is silent of one that is elsewhere', () => {
    const html = claimsReporters.html.render(report(), options);
    expect(html).toContain('href="tomcat/report.html"');
    expect(html).toMatch(/20260115-093000-density/);
    expect(html).toContain('<html lang="en">');
    expect(claimsReporters.html.render(report('ko'), options)).toContain('<html lang="ko">');
  });

  test('has one card for each claim, with its limits', () => {
    const html = claimsReporters.html.render(report(), options);
    expect(html.match(/<article /g)).toHaveLength(15);
    const markdown = claimsReporters.markdown.render(report(), options);
    expect(markdown.match(/^## \d+\. /gm)).toHaveLength(15);
    expect(markdown.match(/^- Limits of the verdict \(ours\): .+/gm)).toHaveLength(15);
  });

  test('carries no markup and no control character of a record', () => {
    const hostile = [hostileRecord(), troubledRecord()].map((record) => ({ record, folder: null }));
    const html = claimsReporters.html.render(report('en', hostile), options);
    expect(html).not.toMatch(/<script|<img/);
    const text = claimsReporters.terminal.render(report('en', hostile), options);
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});
