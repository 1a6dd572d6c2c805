/** Finds the records under a folder: of runs that are whole, of runs that were killed, and files that lie by themselves. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { exitCodes, TareError } from '../environment/errors.ts';
import { journalFile, recordFile, type FoundRun } from '../store/find-run.ts';

export interface FoundHostRun extends FoundRun {
  /** From the folder that was named, which is its first part. */
  file: string;
  /** What its host is called where the record does not say. */
  host: string;
  /** Whether it must be a record; a file of another name may be anything. */
  isCertain: boolean;
}

/** A host's folder may hold a working folder with `.tare/runs` and a few levels of an artifact store around it. */
const deepest = 8;

/**
 * @returns sorted by name; a record that is found twice is there once
 * @throws TareError (exit 2) where a path is not there
 */
export async function findHostRuns(paths: readonly string[], cwd: string): Promise<FoundHostRun[]> {
  const found = new Map<string, FoundHostRun>();
  for (const path of paths.map((each) => resolve(cwd, each))) {
    for (const run of await under(path)) {
      if (!found.has(run.record)) found.set(run.record, run);
    }
  }
  return [...found.values()].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}

async function under(path: string): Promise<FoundHostRun[]> {
  const there = await stat(path).catch(() => null);
  if (!there) throw new TareError(`${path}: there is no such folder`, exitCodes.usage);
  if (there.isDirectory()) return await inFolder(path, path, 0);
  return [found(dirname(path), path, dirname(path), true)];
}

async function inFolder(folder: string, root: string, depth: number): Promise<FoundHostRun[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  // A run's other files are its reports and logs.
  if (names.includes(recordFile) || names.includes(journalFile)) {
    return [found(folder, join(folder, recordFile), root, true)];
  }
  const runs = names
    .filter((name) => name.endsWith('.json'))
    .map((name) => found(folder, join(folder, name), root, false));
  if (depth >= deepest) return runs;
  for (const entry of entries.filter((each) => each.isDirectory())) {
    runs.push(...(await inFolder(join(folder, entry.name), root, depth + 1)));
  }
  return runs;
}

function found(folder: string, record: string, root: string, isCertain: boolean): FoundHostRun {
  const inside = relative(root, record);
  const file = join(basename(root), inside);
  const steps = inside.split('/').slice(0, -1);
  return { folder, record, file, isCertain, host: hostOf(steps, basename(root), basename(record)) };
}

/** A folder that Tare named after the time of a run. */
const runFolder = /^\d{8}-\d{6}/;

/** The folder right under the named one, unless that is a run's own: then the runs in it are of one host. */
function hostOf([first]: readonly string[], root: string, name: string): string {
  if (first !== undefined && !runFolder.test(first) && first !== '.tare') return first;
  return first === undefined && name !== recordFile ? name.replace(/\.json$/, '') : root;
}
