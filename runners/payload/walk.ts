/**
 * Walks a tree in an order that depends on its names alone. Synchronous calls: for twelve thousand small files they
 * are several times faster than promises, and callers give the event loop its turn between entries.
 */
import { closeSync, lstatSync, openSync, readdirSync, type BigIntStats } from 'node:fs';

export interface TreePlace {
  /** Absolute inside the tree: `/`, `/etc`, `/etc/passwd`. Bytes, since a name need not be UTF-8. */
  path: Buffer;
  /** Path on this machine. */
  location: Buffer;
  isFolder: boolean;
}

export interface TreeEntry extends TreePlace {
  stat: BigIntStats;
}

/** Every entry of the tree, the root first, sorted by path. */
export function* walk(root: string): Generator<TreeEntry> {
  for (const place of walkPlaces(root)) {
    yield { ...place, stat: lstatSync(place.location, { bigint: true }) };
  }
}

/**
 * The same without a look at the entries themselves. All names are known before the first is given; what is known of an
 * entry takes ten times the memory of its name, so that is had one at a time, and only where it is needed.
 */
export function* walkPlaces(root: string): Generator<TreePlace> {
  const folder = openSync(root, 'r');
  try {
    const place = (path: string): Buffer => locationOf(root, folder, path);
    // One character a byte, so the order of the strings is that of the bytes.
    const paths = ['/'];
    const folders = new Set(paths);
    collect(place, '', paths, folders);
    for (const path of paths.sort()) {
      yield { path: Buffer.from(path, 'latin1'), location: place(path), isFolder: folders.has(path) };
    }
  } finally {
    closeSync(folder);
  }
}

/** The kernel's limit on a path, with the byte that ends it (PATH_MAX). */
const longestPath = 4096;

/**
 * A tree in the cache lies deeper than in its box, and a path that is short enough there may be too long here: such a one
 * begins at the tree's open folder. It is good for as long as the walk.
 */
function locationOf(root: string, folder: number, path: string): Buffer {
  const below = path === '/' ? '' : path;
  const usual = Buffer.concat([Buffer.from(root), Buffer.from(below, 'latin1')]);
  return usual.length < longestPath ? usual : Buffer.from(`/proc/self/fd/${folder}${below}`, 'latin1');
}

function collect(
  place: (path: string) => Buffer,
  folder: string,
  paths: string[],
  folders: Set<string>,
): void {
  for (const entry of readdirSync(place(folder), { encoding: 'buffer', withFileTypes: true })) {
    const path = `${folder}/${entry.name.toString('latin1')}`;
    paths.push(path);
    if (!entry.isDirectory()) continue;
    folders.add(path);
    collect(place, path, paths, folders);
  }
}
