import { lstat, rename, rm, writeFile } from 'node:fs/promises';

/**
 * Writes a file whole or not at all, and leaves nothing beside it. What is no plain file stays what it is: a device, a
 * pipe or a link is written through.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const there = await lstat(path).catch(() => null);
  if (there && !there.isFile()) {
    // Renaming over /dev/null would replace it.
    await writeFile(path, text);
    return;
  }
  try {
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  } catch (error) {
    await rm(`${path}.new`, { force: true }).catch(() => undefined);
    throw error;
  }
}
