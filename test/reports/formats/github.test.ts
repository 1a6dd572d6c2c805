import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { githubAnnotations } from '../../../reports/formats/github-annotations.ts';
import { githubSummary } from '../../../reports/formats/github-summary.ts';
import { markdown } from '../../../reports/markdown.ts';
import { makeRecord } from '../../fixtures/records/make-record.ts';
import { hostileRecord, troubledRecord } from '../../fixtures/records/odd-records.ts';

const options = { columns: 80, colour: false };

describe('GitHub annotations', () => {
  it('are errors for what failed, warnings for what is open, notices for the rest', () => {
    expect(annotationsOf(troubledRecord()).map(({ kind, title }) => [kind, title])).toEqual([
      ['error', 'Gate fail: startup.ready vm over process'],
      ['error', 'Failed vm: boot-hang during startup'],
      ['warning', 'Gate inconclusive: stop.graceful runc'],
      ['warning', 'Fairness warn'],
      ['warning', 'Fairness error'],
      ['warning', 'Fairness warn'],
      ['notice', 'Skipped microvm'],
      ['notice', 'Tare'],
    ]);
    const [gate, failure] = annotationsOf(troubledRecord());
    expect(gate?.message).toMatch(/^expected ≤ 8×, found 10\.6× .*the whole interval lies above/);
    expect(failure?.message).toMatch(/\n\| Booting from ROM\.\.\.$/);
  });

  it('say what came out where nothing is wrong', () => {
    expect(annotationsOf(makeRecord({ platforms: [] })).map(({ kind }) => kind)).toEqual(['notice']);
  });

  it('warn where a gate of level warn fails', () => {
    const record = troubledRecord();
    record.gates = record.gates.map((gate) => ({ ...gate, level: 'warn' }));
    expect(
      annotationsOf(record).filter(({ kind, title }) => kind === 'error' && title.startsWith('Gate')),
    ).toEqual([]);
  });

  it('are ten at most, the weightiest first, and say how many are missing', () => {
    const record = troubledRecord();
    const [failure] = record.failures;
    if (!failure) throw new Error('the record has a failure');
    record.failures = Array.from({ length: 30 }, () => failure);
    const annotations = annotationsOf(record);
    expect(annotations).toHaveLength(10);
    expect(annotations.slice(0, 9).every(({ kind }) => kind === 'error')).toBe(true);
    expect(annotations[9]?.message).toBe('28 more are in the report.');
  });

  it('keep text in its place', () => {
    const record = troubledRecord();
    record.gates = record.gates
      .slice(0, 1)
      .map((gate) => ({ ...gate, id: 'a,line=1::b%0A\n::error::c', detail: '50 %\r\n::warning::d' }));
    const [gate] = annotationsOf(record);
    expect(gate?.title).toBe('Gate fail: a,line=1::b%0A ::error::c');
    expect(gate?.message).toContain('(50 % ::warning::d)');
    for (const { kind } of annotationsOf(hostileRecord())) expect(kind).toMatch(/^(error|warning|notice)$/);
  });
});

describe('step summary', () => {
  it('is the Markdown report where that fits', () => {
    const record = troubledRecord();
    expect(githubSummary.render(record, options)).toBe(markdown.render(record, options));
  });

  it('leaves out whole parts of one that is longer than 1 MiB', () => {
    const record = troubledRecord();
    const [failure] = record.failures;
    if (!failure) throw new Error('the record has a failure');
    record.failures = Array.from({ length: 40 }, (_, index) => ({
      ...failure,
      message: `failure ${index}`,
      lines: Array.from({ length: 500 }, () => 'ж'.repeat(80)),
    }));
    expect(Buffer.byteLength(markdown.render(record, options))).toBeGreaterThan(2 ** 20);
    const summary = githubSummary.render(record, options);
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(2 ** 20);
    expect(Buffer.byteLength(summary)).toBeGreaterThan(900_000);
    expect(summary).toContain('| startup.ready vm over process |');
    expect(summary).toContain('failure 1 Log');
    expect(summary).toContain('Parts of this report are left out');
    expect(summary.match(/^```/gm)?.length).toBe((summary.match(/^```text$/gm)?.length ?? 0) * 2);
  });
});

interface Annotation {
  kind: string;
  title: string;
  message: string;
}

/** Reads commands as the runner does: split at the first `::`, then unescape. Every line must be a command. */
function annotationsOf(record: RunRecord): Annotation[] {
  const lines = githubAnnotations.render(record, options).split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => {
    const [, kind = '', properties = '', message = ''] = /^::(\S+) (.*?)::(.*)$/.exec(line) ?? [];
    const pairs = properties.split(',').map((pair) => pair.split('=')[0]);
    expect([line, pairs]).toEqual([line, ['title']]);
    const title = unescape(properties.slice('title='.length), /%(25|0D|0A|3A|2C)/g);
    return { kind, title, message: unescape(message, /%(25|0D|0A)/g) };
  });
}

function unescape(text: string, codes: RegExp): string {
  expect(text.replace(codes, '')).not.toContain('%');
  return text.replace(codes, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
