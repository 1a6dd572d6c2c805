/** Reads the records of a fleet one by one: of each only its samples and facts are kept. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostRun, type HostRun } from '../analysis/fleet/host-run.ts';
import type { Stranger } from '../analysis/fleet/one-scenario.ts';
import type { CommandContext } from '../environment/context.ts';
import { exitCodes, TareError } from '../environment/errors.ts';
import { property } from '../record/facts.ts';
import type { RunRecord } from '../record/schema.ts';
import { readRun } from '../run/journal/stored-run.ts';
import { journalFile } from '../store/find-run.ts';
import type { ReadFile } from '../store/read-record.ts';
import { verifyRecord } from '../store/verify-record.ts';
import { findHostRuns, type FoundHostRun } from './find-runs.ts';

export interface ReadRuns {
  runs: HostRun[];
  /** What should be a record and cannot be read, with the reason. */
  unreadable: Stranger[];
}

/** @throws TareError (exit 2) where there is nothing at all */
export async function readHostRuns(
  paths: readonly string[],
  context: Pick<CommandContext, 'cwd' | 'signal' | 'log'>,
): Promise<ReadRuns> {
  const found = await findHostRuns(paths, context.cwd);
  const runs: HostRun[] = [];
  const unreadable: Stranger[] = [];
  // The next file is read while this one is looked at.
  let next = bytesOf(found[0]);
  for (const [index, each] of found.entries()) {
    context.signal.throwIfAborted();
    const bytes = next;
    next = bytesOf(found[index + 1]);
    if (!each.isCertain && !looksLikeRecord(await bytes)) {
      context.log.debug(`${each.file} is not a record`);
      continue;
    }
    try {
      runs.push(await readOne(each, await bytes));
    } catch (error) {
      if (!(error instanceof TareError)) throw error;
      unreadable.push({ file: each.file, reason: withoutPath(error.message, each) });
    }
  }
  if (runs.length + unreadable.length > 0) return { runs, unreadable };
  throw new TareError(
    `there is no run in ${paths.join(', ')}: expected folders that hold a run.json or an events.ndjson`,
    exitCodes.usage,
  );
}

/** Of its record; null: there is none. */
function bytesOf(found: FoundHostRun | undefined): Promise<Buffer | null> {
  return found ? readFile(found.record).catch(() => null) : Promise.resolve(null);
}

async function readOne(found: FoundHostRun, known: Buffer | null): Promise<HostRun> {
  const from: ReadFile = async (path) => (path === found.record ? known : null) ?? (await readFile(path));
  const record: RunRecord = await readRun(found, from);
  verifyRecord(record);
  // Of a run that has written no record, of its journal.
  const bytes = known ?? (await readFile(`${found.folder}/${journalFile}`));
  return hostRun(record, { file: found.file, folder: found.host, digest: digestOf(bytes) });
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A file of any name: a record says its schema; a fleet's own record, a comparison or a package does not. */
function looksLikeRecord(bytes: Buffer | null): boolean {
  try {
    return property(JSON.parse(bytes?.toString() ?? ''), 'schemaVersion') !== undefined;
  } catch {
    return false;
  }
}

/** The file is named beside it already. */
function withoutPath(message: string, { record, folder }: FoundHostRun): string {
  return message
    .replace(`${record}: `, '')
    .replace(`${folder}: `, '')
    .replace(/\s*\n\s*/g, ' ');
}
