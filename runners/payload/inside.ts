/** Paths inside a payload's root, resolved as a process with that root would see them: links cannot lead out of it. */
import { lstat, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageError } from './error.ts';
import { removeTree } from '../machine/remove-tree.ts';

/** The kernel's own limit on links in one path (MAXSYMLINKS). */
const maximumLinks = 40;

/**
 * The real path of `path` (absolute inside the root) on this machine. Links on the way are followed inside the root;
 * a link at the end is followed unless `keepLast`. Parts that do not exist are taken as they are.
 */
export async function resolveInside(root: string, path: string, keepLast = false): Promise<string> {
  const todo = path.split('/').filter((part) => part !== '' && part !== '.');
  const done: string[] = [];
  let links = 0;
  for (let part = todo.shift(); part !== undefined; part = todo.shift()) {
    if (part === '..') {
      done.pop();
      continue;
    }
    const target = keepLast && todo.length === 0 ? null : await linkTarget(join(root, ...done, part));
    if (target === null) {
      done.push(part);
      continue;
    }
    links += 1;
    if (links > maximumLinks) {
      throw new ImageError(
        `${path} inside the payload goes through too many symbolic links`,
        'One of them leads to itself: correct it.',
      );
    }
    if (target.startsWith('/')) done.length = 0;
    todo.unshift(...target.split('/').filter((step) => step !== '' && step !== '.'));
  }
  return join(root, ...done);
}

/** Removes a file, a link itself or a whole folder; a path that is not there is no error. */
export async function removeInside(root: string, path: string): Promise<void> {
  await removeTree(await resolveInside(root, path, true));
}

async function linkTarget(path: string): Promise<string | null> {
  const stat = await lstat(path).catch(() => null);
  return stat?.isSymbolicLink() ? readlink(path) : null;
}
