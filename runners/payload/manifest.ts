/** The canonical manifest of a tree: what makes two payloads the same. Times are not in it. */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readlinkSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { ImageError } from './error.ts';
import { walk, type TreeEntry } from './walk.ts';
import { locationKey, readAttributes } from './xattrs.ts';

export interface Manifest {
  /** `sha256:…` of all lines. */
  digest: string;
  files: number;
  /** Sum of regular files' sizes, hard links once. */
  bytes: number;
}

/** Bytes hashed before the event loop gets a turn: a few milliseconds. */
const sliceBytes = 8 << 20;

/** Characters of lines kept before they are passed on: a tree may have more lines than should be in memory at once. */
const heldCharacters = 1 << 16;

/**
 * Reads the whole tree.
 *
 * @param write is given the manifest piece by piece: one JSON object a line, sorted by path
 * @throws ImageError for a socket, which no image can carry
 */
export async function readManifest(
  root: string,
  signal: AbortSignal,
  write: (lines: string) => void = () => undefined,
): Promise<Manifest> {
  const attributes = await readAttributes(root, signal);
  const buffer = Buffer.allocUnsafe(1 << 20);
  const firstPaths = new Map<string, string>();
  const digest = createHash('sha256');
  let held = '';
  const flush = (): void => {
    digest.update(held);
    write(held);
    held = '';
  };
  const add = (line: Record<string, unknown>): void => {
    held += `${JSON.stringify(line)}\n`;
    if (held.length > heldCharacters) flush();
  };
  let files = 0;
  let bytes = 0;
  let unyielded = 0;
  for (const entry of walk(root)) {
    const { stat } = entry;
    files += 1;
    const inode = `${stat.dev}:${stat.ino}`;
    const path = text(entry.path);
    const first = stat.isDirectory() ? undefined : firstPaths.get(inode);
    if (first !== undefined) {
      add({ path, type: 'hardlink', target: first });
      continue;
    }
    if (stat.nlink > 1n && !stat.isDirectory()) firstPaths.set(inode, path);
    const xattrs = attributes.get(locationKey(entry.location)) ?? [];
    add({ path, ...describe(entry, buffer), ...(xattrs.length > 0 && { xattrs }) });
    if (stat.isFile()) bytes += Number(stat.size);
    unyielded += stat.isFile() ? Number(stat.size) : 0;
    if (unyielded > sliceBytes) {
      unyielded = 0;
      await setImmediate();
      signal.throwIfAborted();
    }
  }
  flush();
  return { digest: `sha256:${digest.digest('hex')}`, files, bytes };
}

function describe(entry: TreeEntry, buffer: Buffer): Record<string, string | number> {
  const { stat, location } = entry;
  const owner = { uid: Number(stat.uid), gid: Number(stat.gid) };
  const mode = (Number(stat.mode) & 0o7777).toString(8).padStart(4, '0');
  if (stat.isDirectory()) return { type: 'folder', mode, ...owner };
  if (stat.isFile()) {
    return { type: 'file', mode, ...owner, size: Number(stat.size), sha256: hashFile(location, buffer) };
  }
  // A link's own permission bits mean nothing on Linux.
  if (stat.isSymbolicLink())
    return { type: 'symlink', ...owner, target: text(readlinkSync(location, 'buffer')) };
  if (stat.isFIFO()) return { type: 'fifo', mode, ...owner };
  if (stat.isSocket()) {
    throw new ImageError(
      `${text(entry.path)} in the payload is a socket, which images cannot carry`,
      'Add it to the workload\'s "remove".',
    );
  }
  const device = Number(stat.rdev);
  return { type: stat.isCharacterDevice() ? 'character' : 'block', mode, ...owner, device };
}

function hashFile(location: Buffer, buffer: Buffer): string {
  const hash: Hash = createHash('sha256');
  const file = openSync(location, 'r');
  try {
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      hash.update(buffer.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}

/** The bytes as UTF-8 where they are; otherwise in base64 behind a NUL, which no name can contain. */
function text(bytes: Buffer): string {
  const utf8 = bytes.toString('utf8');
  return Buffer.from(utf8, 'utf8').equals(bytes) ? utf8 : `\0${bytes.toString('base64')}`;
}
