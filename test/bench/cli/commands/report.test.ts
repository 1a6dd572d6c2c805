import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reportCommand } from '../../../../bench/cli/commands/report.ts';
import { reporters } from '../../../../reports/index.ts';
import { makeRecord } from '../../../fixtures/records/make-record.ts';
import { testContext } from '../../../support/context.ts';

let folder: string;
const record = makeRecord();
const report = async (content: string): Promise<ReturnType<typeof testContext>> => {
  await writeFile(join(folder, 'run.json'), content);
  const context = testContext(folder);
  await reportCommand({ run: folder, reporter: [] }, context);
  return context;
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-report-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('tare report', () => {
  it('renders the files and the table from the record', async () => {
    const context = await report(JSON.stringify(record));
    const options = { columns: 100, colour: false };
    expect(context.out()).toBe(reporters.terminal.render(record, options));
    expect(context.err()).toContain(join(folder, 'report.html'));
    expect(await readFile(join(folder, 'summary.csv'), 'utf8')).toBe(
      reporters['summary-csv'].render(record, options),
    );
  });

  it('gives the record back as it was written, whatever the order of its keys', async () => {
    const reordered = Object.fromEntries(Object.entries(record).reverse());
    await writeFile(join(folder, 'run.json'), JSON.stringify(reordered));
    const context = testContext(folder);
    await reportCommand({ run: folder, reporter: [], json: true }, context);
    expect(context.out()).toBe(`${JSON.stringify(reordered, null, 2)}\n`);
  });

  it.each([
    ['{"schemaVersion": 1,', /this is not JSON/],
    ['[]', /not a record of tare/],
    [JSON.stringify({ ...record, schemaVersion: 2 }), /it has schemaVersion 2.*reads 1/],
    [JSON.stringify({ ...record, host: {} }), /not a whole record:\n {2}host\.cpuModel: /],
  ])('refuses a broken record', async (content, message) => {
    const expected = { exitCode: 2, message: expect.stringMatching(message) as string };
    await expect(report(content)).rejects.toMatchObject(expected);
  });
});
