/**
 * Walks a tree in an order that depends on its names alone. Synchronous calls: for twelve thousand small files they
 * are several times faster than promises, and callers give the event loop its turn between entries.
 */
import { lstatSync, readdirSync, type BigIntStats } from 'node:fs';

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
  const at = Buffer.from(root).toString('latin1');
  // One character a byte, so the order of the strings is that of the bytes.
  const paths = ['/'];
  const folders = new Set(paths);
  collect(at, '', paths, folders);
  for (const path of paths.sort()) {
    const location = Buffer.from(path === '/' ? at : at + path, 'latin1');
    yield { path: Buffer.from(path, 'latin1'), location, isFolder: folders.has(path) };
  }
}

function collect(root: string, folder: string, paths: string[], folders: Set<string>): void {
  for (const entry of readdirSync(Buffer.from(root + folder, 'latin1'), {
    encoding: 'buffer',
    withFileTypes: true,
  })) {
    const path = `${folder}/${entry.name.toString('latin1')}`;
    paths.push(path);
    if (!entry.isDirectory()) continue;
    folders.add(path);
    collect(root, path, paths, folders);
  }
}
