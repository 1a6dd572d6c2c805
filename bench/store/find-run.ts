/** Finds the run that a person means: a folder, a run.json, an id under .tare/runs, or `last`. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { exitCodes, TareError } from '../environment/errors.ts';
import { runsFolder } from '../environment/paths.ts';

/** File by which a folder is known as a run, finished or killed. */
export const journalFile = 'events.ndjson';
export const recordFile = 'run.json';

export interface FoundRun {
  /** Folder that its reports belong in, absolute. */
  folder: string;
  /** The record's path; a killed run may not have written it. */
  record: string;
}

export async function findRun(name: string, cwd: string): Promise<FoundRun> {
  if (name === 'last') return inFolder(await lastRun(cwd));
  for (const path of [resolve(cwd, name), join(runsFolder(cwd), name)]) {
    const kind = await kindOf(path);
    if (kind === 'file') return { folder: dirname(path), record: path };
    if (kind === 'folder' && (await isRun(path))) return inFolder(path);
  }
  throw new TareError(
    `no run \`${name}\`: expected a run's folder, a ${recordFile}, an id under ${runsFolder(cwd)} ` +
      'or `last`; `tare list runs` shows the ids',
    exitCodes.usage,
  );
}

/** Folders of the runs here, oldest first: their names begin with the time. */
export async function runFolders(cwd: string): Promise<string[]> {
  const parent = runsFolder(cwd);
  const names = await readdir(parent).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  const found: string[] = [];
  for (const name of names.sort()) {
    if (await isRun(join(parent, name))) found.push(join(parent, name));
  }
  return found;
}

export async function isRun(folder: string): Promise<boolean> {
  const files = await Promise.all([recordFile, journalFile].map((name) => kindOf(join(folder, name))));
  return files.includes('file');
}

async function lastRun(cwd: string): Promise<string> {
  const last = (await runFolders(cwd)).at(-1);
  if (last === undefined) {
    throw new TareError(
      `there is no run under ${runsFolder(cwd)} yet; \`tare run\` makes one`,
      exitCodes.usage,
    );
  }
  return last;
}

function inFolder(folder: string): FoundRun {
  return { folder, record: join(folder, recordFile) };
}

async function kindOf(path: string): Promise<'file' | 'folder' | null> {
  const found = await stat(path).catch(() => null);
  if (!found || basename(path) === '') return null;
  return found.isDirectory() ? 'folder' : 'file';
}
