/** Finds what a folder keeps of earlier runs: folders of runs, and records or reference files that lie in it by themselves. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { journalFile, recordFile } from './find-run.ts';

/** Caches put a level or two of their own around what they keep. */
const deepest = 4;

/** @returns paths of files that should be records or reference files, sorted */
export async function findRecords(folder: string, depth = 0): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  // A run's other files are its reports and logs.
  if (names.includes(recordFile)) return [join(folder, recordFile)];
  if (names.includes(journalFile)) return [];
  const found = names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name));
  if (depth < deepest) {
    for (const entry of entries.filter((each) => each.isDirectory())) {
      found.push(...(await findRecords(join(folder, entry.name), depth + 1)));
    }
  }
  return found.sort();
}
