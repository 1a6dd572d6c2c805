/** The record on disk: made anew from the journal whenever something was finished. */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SuiteOptions } from './run.ts';
import { buildRecord } from './build-record.ts';
import type { Journal } from './journal.ts';
import type { RunRecord } from '../record/schema.ts';

/** Writes run.json whole or not at all, then lets the reports follow. */
export async function publishRecord({
  journal,
  options,
}: {
  journal: Pick<Journal, 'events'>;
  options: Pick<SuiteOptions, 'folder' | 'onRecord'>;
}): Promise<RunRecord> {
  const record = buildRecord(journal.events);
  const file = join(options.folder, 'run.json');
  await writeFile(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`);
  await rename(`${file}.new`, file);
  await options.onRecord(record);
  return record;
}
