import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../../bench/analysis/compare-runs/compare-runs.ts';
import { recordSchema, type RunRecord } from '../../../bench/record/schema.ts';
import { buildRecord } from '../../../bench/run/journal/build-record.ts';
import { readJournal } from '../../../bench/run/journal/journal.ts';
import { reporters } from '../../../reports/index.ts';

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'version-0.1.0');
const text = (name: string, file: string): string => readFileSync(join(folder, name, file), 'utf8');
const recordOf = (name: string): RunRecord => JSON.parse(text(name, 'run.json')) as RunRecord;
const build = async (name: string): Promise<RunRecord> =>
  buildRecord((await readJournal(join(folder, name, 'events.ndjson'))).events);

/** Fields that later versions add to a result. */
const newFields = ['title', 'isPart', 'isExact', 'isSingle'];
/** What later versions find unfair, too. */
const newFindings = ['first-process', 'privileges'];

function withoutNewFields(record: RunRecord): RunRecord {
  const results = record.results.map((result) =>
    Object.fromEntries(Object.entries(result).filter(([key]) => !newFields.includes(key))),
  );
  // The words of a finding may change, what was found may not.
  const fairness = record.fairness
    .filter(({ code }) => !newFindings.includes(code))
    .map(({ level, code, platforms }) => ({ level, code, platforms }));
  return JSON.parse(JSON.stringify({ ...record, results, fairness })) as RunRecord;
}

const options = { columns: 100, colour: false };
const summaryCsv = Object.values(reporters).find(({ file }) => file === 'summary.csv');

/** The rows of all figures in the Markdown report. */
function figureRows(record: RunRecord): string {
  const report = reporters.markdown.render(record, options);
  const rows = report.slice(report.indexOf('<details>')).split('\n');
  return `${rows.filter((row) => row.startsWith('| ')).join('\n')}\n`;
}

describe.each(['run', 'density', 'ab-a', 'ab-b', 'lab'])('the journal %s of version 0.1.0', (name) => {
  it('gives the record that it gave then, but for the fields that are new', async () => {
    const record = await build(name);
    expect(withoutNewFields(recordSchema.parse(record))).toEqual(withoutNewFields(recordOf(name)));
    expect(record.results.every(({ title }) => title !== undefined)).toBe(true);
  });

  it('gives the same figures in reports', async () => {
    const record = await build(name);
    expect(summaryCsv?.render(record, options)).toBe(text(name, 'summary.csv'));
    expect(figureRows(record)).toBe(text(name, 'figures.md'));
  });
});

it.each(['run', 'density', 'ab-a', 'ab-b', 'lab', 'import'])(
  'the record %s of version 0.1.0 gives the same figures in reports',
  (name) => {
    const record = recordSchema.parse(recordOf(name));
    expect(summaryCsv?.render(record, options)).toBe(text(name, 'summary.csv'));
    expect(figureRows(record)).toBe(text(name, 'figures.md'));
  },
);

it('both sides of an A/B of version 0.1.0 compare as they did then, also with new records', async () => {
  // What a clock's steps allow to see was not considered then.
  const withoutSteps = (key: string, value: unknown): unknown =>
    ['resolution', 'detectable'].includes(key) ? undefined : value;
  const then = JSON.parse(text('.', 'comparison.json'), withoutSteps) as unknown;
  const filters = { platforms: [], measures: [], force: true };
  const compared = (before: RunRecord, after: RunRecord): unknown =>
    JSON.parse(JSON.stringify(compareRuns(before, [after], filters)), withoutSteps);
  expect(compared(recordOf('ab-a'), recordOf('ab-b'))).toEqual(then);
  expect(compared(await build('ab-a'), await build('ab-b'))).toEqual(then);
});
