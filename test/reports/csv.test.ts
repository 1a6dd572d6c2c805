import { describe, expect, it } from 'vitest';
import { conditionCell } from '../../reports/tables/csv.ts';
import { samplesCsv } from '../../reports/tables/samples-csv.ts';
import { summaryCsv } from '../../reports/tables/summary-csv.ts';
import { makeRecord } from '../fixtures/records/make-record.ts';
import { hostileRecord, troubledRecord } from '../fixtures/records/odd-records.ts';

const options = { columns: 80, colour: false };

describe('summary.csv', () => {
  it('has one row per result, with the very figures of the record', () => {
    const record = makeRecord();
    const rows = parse(summaryCsv.render(record, options));
    expect(rows).toHaveLength(record.results.length);
    for (const [index, result] of record.results.entries()) {
      const row = rows[index] ?? {};
      expect([row['platform'], row['metric'], row['lens'], row['condition']]).toEqual([
        ...[result.platform, result.metric, result.lens ?? ''],
        conditionCell(result.condition),
      ]);
      for (const [name, value] of Object.entries(result.summary)) expect(row[name]).toBe(cell(value));
      const comparison = record.comparisons.find(
        (other) =>
          other.platform === result.platform &&
          other.metric === result.metric &&
          conditionCell(other.condition) === conditionCell(result.condition),
      );
      expect(row['ratio']).toBe(cell(comparison?.ratio));
    }
    expect(rows.filter((row) => row['ratio'] !== '').length).toBeGreaterThan(20);
  });

  it('leaves out ratios across a fairness error', () => {
    const rows = parse(summaryCsv.render(troubledRecord(), options));
    expect(rows.filter((row) => row['platform'] === 'runc' && row['ratio'] !== '')).toEqual([]);
    expect(rows.filter((row) => row['platform'] === 'vm' && row['ratio'] !== '')).not.toEqual([]);
  });
});

describe('samples.csv', () => {
  it('has every sample, excluded ones with their reason', () => {
    const record = makeRecord();
    const samples = record.results.flatMap((result) => result.samples);
    const rows = parse(samplesCsv.render(record, options));
    expect(rows.map((row) => [row['value'], row['excluded'], row['block']])).toEqual(
      samples.map((sample) => [cell(sample.value), sample.excluded ?? '', cell(sample.block)]),
    );
    expect(rows.some((row) => row['excluded'] === 'warm-up')).toBe(true);
  });

  it('keeps negative figures as numbers', () => {
    const rows = parse(samplesCsv.render(makeRecord(), options));
    const unclaimed = rows.filter((row) => row['metric'] === 'memory.unclaimed');
    expect(unclaimed.every((row) => Number(row['value']) < 0)).toBe(true);
    expect(unclaimed.length).toBeGreaterThan(0);
  });
});

describe('formulas', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1'])('%j is text for a spreadsheet', (attack) => {
    const record = hostileRecord();
    record.results = record.results.slice(0, 1).map((result) => ({ ...result, platform: attack }));
    for (const reporter of [summaryCsv, samplesCsv]) {
      expect(parse(reporter.render(record, options))[0]?.['platform']).toBe(`'${attack}`);
    }
  });
});

function cell(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}

/** RFC 4180, enough for what is written here: a second way to read it, apart from the library that wrote it. */
function parse(text: string): Record<string, string>[] {
  const lines = text
    .split(/\n(?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .filter((line) => line !== '')
    .map((line) =>
      line
        .split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)
        .map((field) => field.replace(/^"([\s\S]*)"$/, '$1').replaceAll('""', '"')),
    );
  const [header = [], ...rows] = lines;
  return rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index] ?? ''])));
}
