/** What a tree takes on disk. */
import { lstat, readdir } from 'node:fs/promises';

/** Bytes of the blocks of everything below a folder, the folder itself not counted, hard links once. */
export async function allocatedBelow(folder: string): Promise<number> {
  const seen = new Set<number>();
  let bytes = 0;
  // Folder by folder: readdir's own recursion follows links to folders, and out of the tree.
  const folders = [Buffer.from(folder)];
  for (let each = folders.pop(); each !== undefined; each = folders.pop()) {
    for (const entry of await readdir(each, { withFileTypes: true, encoding: 'buffer' })) {
      const place = Buffer.concat([each, Buffer.from('/'), entry.name]);
      if (entry.isDirectory()) folders.push(place);
      const found = await lstat(place).catch(() => null);
      if (found === null || seen.has(found.ino)) continue;
      seen.add(found.ino);
      bytes += found.blocks * 512;
    }
  }
  return bytes;
}
