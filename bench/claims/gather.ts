/** Finds the records that claims are judged by: those of a folder of `tare claims`, and single runs. */
import { realpath, stat } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import type { JudgedRecord } from '../analysis/claims/report-claims.ts';
import { exitCodes, TareError } from '../environment/errors.ts';
import { readRun } from '../run/journal/stored-run.ts';
import { findRecords } from '../store/find-records.ts';
import { findRun, isRun, recordFile } from '../store/find-run.ts';

/**
 * @param names runs as of every command, or folders that hold runs
 * @param home the report's folder, that links to runs are relative to; null: it is written nowhere
 * @throws TareError (exit 2)
 */
export async function gatherRecords(
  names: readonly string[],
  home: string | null,
  cwd: string,
): Promise<JudgedRecord[]> {
  const found = new Map<string, JudgedRecord>();
  for (const name of names) {
    for (const run of await runsOf(name, cwd)) {
      const record = await readRun(run);
      const folder = await realpath(run.folder);
      found.set(folder, { record, folder: home === null ? null : folderBelow(await realpath(home), folder) });
    }
  }
  return [...found.values()];
}

/** A folder that holds runs and is none itself. */
export async function isSuiteFolder(path: string): Promise<boolean> {
  const there = await stat(path).catch(() => null);
  return there?.isDirectory() === true && !(await isRun(path));
}

async function runsOf(name: string, cwd: string): Promise<Awaited<ReturnType<typeof findRun>>[]> {
  const path = resolve(cwd, name);
  if (!(await isSuiteFolder(path))) return [await findRun(name, cwd)];
  const records = (await findRecords(path)).filter((each) => each.endsWith(`${sep}${recordFile}`));
  if (records.length > 0) return records.map((record) => ({ folder: dirname(record), record }));
  throw new TareError(
    `${path} holds no run; \`tare claims --out ${name}\` makes some, and \`tare list runs\` shows those there are`,
    exitCodes.usage,
  );
}

/** With slashes; null where it is not below. */
function folderBelow(home: string, folder: string): string | null {
  const path = relative(home, folder);
  return path.startsWith('..') || path === '' ? null : path.split(sep).join('/');
}
