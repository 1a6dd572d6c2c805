import { describe, expect, it } from 'vitest';
import { markdown } from '../../reports/markdown.ts';
import { makeRecord } from '../fixtures/records/make-record.ts';
import { hostileRecord, troubledRecord } from '../fixtures/records/odd-records.ts';

const options = { columns: 80, colour: false };

describe('markdown', () => {
  it('has the headline table and a row for every figure', () => {
    const record = makeRecord();
    const lines = markdown.render(record, options).split('\n');
    expect(lines).toContainEqual(expect.stringMatching(/^\| vm \(TCG\) \| 2\d\.\d s \| 10\.\d× \(.+\) \|/));
    const first = lines.findIndex((line) => line.startsWith('| Figure '));
    expect(lines.slice(first + 2).filter((line) => line.startsWith('|'))).toHaveLength(record.results.length);
  });

  it('gives every row as many cells as its header', () => {
    const tables = markdown
      .render(troubledRecord(), options)
      .split(/\n\n/)
      .filter((block) => block.startsWith('|'));
    expect(tables).toHaveLength(3);
    for (const table of tables) {
      const widths = table.split('\n').map((line) => line.split(/(?<!\\)\|/).length);
      expect(new Set(widths).size).toBe(1);
    }
  });

  it('shows the last log lines of a failure as code', () => {
    expect(markdown.render(troubledRecord(), options)).toContain(
      '\n```text\nSeaBIOS (version 1.16.2-debian-1.16.2-1)\nBooting from ROM...\n```\n',
    );
  });

  it('takes text from elsewhere as text', () => {
    const withoutCode = markdown
      .render(hostileRecord(), options)
      .replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '');
    expect(withoutCode).not.toMatch(/<(script|img)/);
    expect(withoutCode).not.toMatch(/(?<!\\)`/);
    expect(withoutCode).not.toContain('@all');
  });

  it('fences log lines that hold fences', () => {
    const record = troubledRecord();
    record.failures = record.failures.map((failure) => ({ ...failure, lines: ['````', '<b>'] }));
    expect(markdown.render(record, options)).toContain('\n`````text\n````\n<b>\n`````\n');
  });
});
