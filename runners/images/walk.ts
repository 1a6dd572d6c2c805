/**
 * Walks a tree in an order that depends on its names alone. Synchronous calls: for twelve thousand small files they
 * are several times faster than promises, and callers give the event loop its turn between entries.
 */
import { lstatSync, readdirSync, type BigIntStats } from 'node:fs';

export interface TreeEntry {
  /** Absolute inside the tree: `/`, `/etc`, `/etc/passwd`. Bytes, since a name need not be UTF-8. */
  path: Buffer;
  /** Path on this machine. */
  location: Buffer;
  stat: BigIntStats;
}

/** Every entry of the tree, the root first, sorted by path. */
export function walk(root: string): TreeEntry[] {
  const entries: TreeEntry[] = [];
  visit(Buffer.from('/'), Buffer.from(root), entries);
  return entries.sort((a, b) => Buffer.compare(a.path, b.path));
}

function visit(path: Buffer, location: Buffer, entries: TreeEntry[]): void {
  const stat = lstatSync(location, { bigint: true });
  entries.push({ path, location, stat });
  if (!stat.isDirectory()) return;
  for (const name of readdirSync(location, 'buffer')) {
    visit(below(path, name), below(location, name), entries);
  }
}

function below(folder: Buffer, name: Buffer): Buffer {
  const separator = folder.at(-1) === slash ? '' : '/';
  return Buffer.concat([folder, Buffer.from(separator), name]);
}

const slash = '/'.charCodeAt(0);
