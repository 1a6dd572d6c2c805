/** A program's name, looked up in a payload as engines look it up in a container. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveInside } from './inside.ts';

interface ProgramSearch {
  /** Of the payload, on this machine. */
  root: string;
  /** The environment's PATH. */
  path: string;
  /** What relative names with a slash are relative to. */
  workdir: string;
}

export interface FoundProgram {
  /** Absolute, in the payload; null: there is none. */
  path: string | null;
  /** Where it was looked for, in words. */
  lookedIn: string;
}

/** A name without a slash is looked up in the folders of PATH, any other is a path. */
export async function findProgram(program: string, search: ProgramSearch): Promise<FoundProgram> {
  const folders = program.includes('/') ? [search.workdir] : search.path.split(':').filter(Boolean);
  const lookedIn = `looked in ${folders.join(', ') || 'no folder: its PATH is empty'}`;
  for (const folder of folders) {
    const path = program.startsWith('/') ? program : join('/', folder, program);
    const file = await stat(await resolveInside(search.root, path)).catch(() => null);
    if (file?.isFile() === true && (file.mode & 0o111) !== 0) return { path, lookedIn };
  }
  return { path: null, lookedIn };
}
