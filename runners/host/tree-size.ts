/** What a tree takes on disk. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of the blocks of everything below a folder, the folder itself not counted, hard links once. */
export async function allocatedBelow(folder: string): Promise<number> {
  const seen = new Set<number>();
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true })) {
    const found = await lstat(join(folder, entry)).catch(() => null);
    if (found === null || seen.has(found.ino)) continue;
    seen.add(found.ino);
    bytes += found.blocks * 512;
  }
  return bytes;
}
