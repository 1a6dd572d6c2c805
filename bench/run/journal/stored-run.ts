/** The record of a run that is on disk, also of one that was killed: then its journal says what was finished. */
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { exitCodes, TareError } from '../../environment/errors.ts';
import type { RunRecord } from '../../record/schema.ts';
import { journalFile, recordFile, type FoundRun } from '../../store/find-run.ts';
import { readRecord, type ReadFile } from '../../store/read-record.ts';
import { buildRecord } from './build-record.ts';
import { readJournal } from './journal.ts';

/**
 * A finished run's record is what it wrote. One that was killed, or goes on just now, has written none, or an older one
 * before it was resumed: its record is made from the journal, without touching a file.
 *
 * @throws TareError (exit 2)
 */
export async function readRun({ folder, record }: FoundRun, from?: ReadFile): Promise<RunRecord> {
  const journal = join(folder, journalFile);
  const finished = await endsFinished(journal);
  // One that ended on a full disk may have come to its journal's end and no further.
  const isWritten = finished === null || (finished && existsSync(record));
  if (basename(record) !== recordFile || isWritten) return readRecord(record, from);
  const { events } = await readJournal(journal);
  if (!events.some(({ type }) => type === 'host')) {
    throw new TareError(
      `${folder}: this run was killed before it had looked at the machine, so there is nothing to show; begin a new one`,
      exitCodes.usage,
    );
  }
  return buildRecord(events);
}

/** Long enough for the last event of a finished run. */
const tailBytes = 1024;

/** Whether the journal's last event says that the run is over; null where there is no journal. */
async function endsFinished(journal: string): Promise<boolean | null> {
  const handle = await open(journal).catch(() => null);
  if (handle === null) return null;
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read({
      buffer: Buffer.alloc(tailBytes),
      position: Math.max(0, size - tailBytes),
    });
    const tail = buffer.subarray(0, bytesRead).toString();
    return /(^|\n)\{"type":"finish",[^\n]*\}\n$/.test(tail);
  } finally {
    await handle.close();
  }
}
