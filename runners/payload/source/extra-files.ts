/** Copies a workload's own files into the payload. */
import { chmod, copyFile, lchown, lstat, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ImageError } from '../error.ts';
import { removeInside, resolveInside } from '../inside.ts';
import type { ExtraFile } from './source.ts';
import { lookupUser } from '../users.ts';

interface Owner {
  uid: number;
  gid: number;
}

/** In the order given, so that a file may overwrite an earlier one and an owner may come from a copied passwd file. */
export async function copyExtraFiles(root: string, files: readonly ExtraFile[]): Promise<void> {
  for (const file of files) {
    const owner = await lookupUser(root, file.owner);
    await makeParents(root, dirname(file.to));
    await copy(root, file.from, file.to, file.mode, owner);
  }
}

async function copy(root: string, from: string, to: string, mode: number, owner: Owner): Promise<void> {
  const stat = await lstat(from);
  if (stat.isDirectory()) {
    const folder = await makeFolder(root, to);
    await chmod(folder, searchable(mode));
    await lchown(folder, owner.uid, owner.gid);
    for (const name of await readdir(from)) await copy(root, join(from, name), join(to, name), mode, owner);
    return;
  }
  const place = await resolveInside(root, to, true);
  if ((await lstat(place).catch(() => null))?.isDirectory()) {
    throw new ImageError(
      `${to} is a folder in the payload, and ${from} is a file`,
      'Give the file\'s full path in "to".',
    );
  }
  // Removed first: the old file may be a link, or one of several hard links.
  await removeInside(root, to);
  if (stat.isSymbolicLink()) {
    await symlink(await readlink(from), place);
  } else {
    await copyFile(from, place);
  }
  await lchown(place, owner.uid, owner.gid);
  // Changing the owner clears the set-user-ID bits.
  if (!stat.isSymbolicLink()) await chmod(place, mode);
}

/** Folders on the way that do not exist belong to root and everyone may pass. */
async function makeParents(root: string, folder: string): Promise<void> {
  if (folder === '/' || folder === '.') return;
  await makeParents(root, dirname(folder));
  await makeFolder(root, folder);
}

async function makeFolder(root: string, path: string): Promise<string> {
  const place = await resolveInside(root, path);
  try {
    // Recursive for a link to a folder that does not exist yet; undefined when it was there.
    const made = await mkdir(place, { recursive: true });
    if (made !== undefined) await chmod(place, 0o755);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EEXIST' && code !== 'ENOTDIR') throw error;
    throw new ImageError(`${path} in the payload is not a folder`, 'Choose another "to".', { cause: error });
  }
  return place;
}

/** A folder can be searched by whoever may read it. */
function searchable(mode: number): number {
  return mode | ((mode & 0o444) >> 2);
}
