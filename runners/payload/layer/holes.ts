/** Holes that an archive knows of, and that the library fills with zeros. */
import { lstat } from 'node:fs/promises';
import { run } from '../../machine/command.ts';
import { resolveInside } from '../inside.ts';

/** @param names members of archives, one character a byte */
export async function digHoles(root: string, names: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
  for (const name of names) {
    // Its parents in UTF-8 alone: a file in a folder of another name keeps its zeros.
    const file = await resolveInside(root, Buffer.from(name, 'latin1').toString()).catch(() => null);
    const found = file === null ? null : await lstat(file).catch(() => null);
    if (file !== null && found?.isFile() === true) await run('fallocate', ['--dig-holes', file], { signal });
  }
}
