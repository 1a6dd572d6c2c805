/**
 * Entries of the content-addressed cache. An entry is built under a temporary name beside its final one and renamed
 * when it is complete, so that neither a kill nor a full disk leaves half an entry, and of two builders at the same
 * time the first to finish wins and the other one's work is thrown away.
 */
import { randomBytes } from 'node:crypto';
import { access, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { removeTree } from '../machine/remove-tree.ts';
import { explain } from './error.ts';

const prefix = '.unfinished';

/**
 * Has `build` fill a temporary path (which does not exist yet) and renames it to `entry`. Does nothing when the entry
 * exists. Throws what `build` throws, or an ImageError for a full disk or a missing program, and leaves nothing.
 */
export async function makeEntry(entry: string, build: (temporary: string) => Promise<void>): Promise<void> {
  if (await exists(entry)) return;
  await withTemporary(dirname(entry), async (temporary) => {
    await build(temporary);
    await publish(temporary, entry);
  });
}

/** Has `use` work with a temporary path in the folder, which is removed afterwards if it is still there. */
export async function withTemporary<T>(folder: string, use: (temporary: string) => Promise<T>): Promise<T> {
  try {
    await mkdir(folder, { recursive: true });
    await removeUnfinished(folder);
  } catch (error) {
    throw explain(error, folder);
  }
  const temporary = join(folder, `${prefix}-${hostname()}-${process.pid}-${randomBytes(6).toString('hex')}`);
  try {
    return await use(temporary);
  } catch (error) {
    throw explain(error, folder);
  } finally {
    await removeTree(temporary);
  }
}

/** Gives a complete file or folder its final name. An entry that another builder has finished first stays. */
export async function publish(temporary: string, entry: string): Promise<void> {
  try {
    await rename(temporary, entry);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

/** Writes a small file of the cache in one step. */
export async function writeEntry(entry: string, text: string): Promise<void> {
  await withTemporary(dirname(entry), async (temporary) => {
    await writeFile(temporary, text);
    await rename(temporary, entry);
  });
}

/** Paths of the complete entries of a folder of the cache, those that are being built left out; none without the folder. */
export async function entriesOf(folder: string): Promise<string[]> {
  if (!(await exists(folder))) return [];
  const names = await readdir(folder);
  return names.filter((name) => !name.startsWith(prefix)).map((name) => join(folder, name));
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Removes what killed builders of this machine left in the folder. */
async function removeUnfinished(folder: string): Promise<void> {
  const own = `${prefix}-${hostname()}-`;
  for (const name of await readdir(folder)) {
    if (!name.startsWith(own)) continue;
    const pid = Number(name.slice(own.length).split('-')[0]);
    if (!isAlive(pid)) await removeTree(join(folder, name));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
