/** The record on disk, made from the journal at the end of a run. */
import { join } from 'node:path';
import { writeWhole } from '../../environment/write-whole.ts';
import { cannotWrite } from '../../environment/cannot-write.ts';
import type { RunRecord } from '../../record/schema.ts';
import { buildRecord } from './build-record.ts';
import type { Journal } from './journal.ts';
import type { SuiteOptions } from '../run.ts';

/** Writes run.json whole or not at all. */
export async function publishRecord({
  journal,
  options,
}: {
  journal: Pick<Journal, 'events'>;
  options: Pick<SuiteOptions, 'folder'>;
}): Promise<RunRecord> {
  const record = buildRecord(journal.events);
  const file = join(options.folder, 'run.json');
  try {
    await writeWhole(file, `${JSON.stringify(record, null, 2)}\n`);
  } catch (error) {
    throw cannotWrite(
      file,
      error,
      `nothing is lost, since the journal holds it: once there is space, tare run --resume ${options.folder}`,
    );
  }
  return record;
}
