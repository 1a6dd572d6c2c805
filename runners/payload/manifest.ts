/** The canonical manifest of a tree: what makes two payloads the same. Times are not in it. */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readlinkSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { explain, ImageError } from './error.ts';
import type { Log } from '../machine/log.ts';
import { limitsOf, PayloadMeter, type PayloadLimits } from './limits.ts';
import { walk, type TreeEntry } from './walk.ts';
import { readAttributes, type Attributes } from './xattrs.ts';

export interface Manifest {
  /** `sha256:…` of all lines. */
  digest: string;
  files: number;
  /** Sum of regular files' sizes, hard links once. */
  bytes: number;
}

export interface ManifestOptions {
  /** Is given the manifest piece by piece: one JSON object a line, sorted by path. */
  write?: (lines: string) => void;
  /** What the tree may have; without them the usual. */
  limits?: PayloadLimits;
  /** What does not count, as if it were not there. */
  omits?: (entry: TreeEntry) => boolean;
  /** Is told how far it is when it takes long. */
  log?: Log;
}

/** Bytes hashed, or files looked at, before the event loop gets a turn: a few milliseconds. */
const sliceBytes = 8 << 20;
const sliceFiles = 200;
const tellMs = 2000;

/** Characters of lines kept before they are passed on: a tree may have more lines than should be in memory at once. */
const heldCharacters = 1 << 16;

/**
 * Reads the whole tree.
 *
 * @throws ImageError for a socket, which no image can carry, and for a tree that holds more than it may
 */
export async function readManifest(
  root: string,
  signal: AbortSignal,
  options: ManifestOptions = {},
): Promise<Manifest> {
  const attributes = await readAttributes(root, signal);
  try {
    return await readTree(root, attributes, new Pauses(signal, options.log), options);
  } catch (error) {
    throw explain(error, root);
  } finally {
    attributes.close();
  }
}

async function readTree(
  root: string,
  attributes: Attributes,
  pauses: Pauses,
  { write, omits, limits = limitsOf({}) }: ManifestOptions,
): Promise<Manifest> {
  const meter = new PayloadMeter(limits, 'The payload');
  const buffer = Buffer.allocUnsafe(1 << 20);
  const firstPaths = new Map<string, string>();
  const digest = createHash('sha256');
  let held = '';
  const flush = (): void => {
    digest.update(held);
    write?.(held);
    held = '';
  };
  const add = (line: Record<string, unknown>): void => {
    held += `${JSON.stringify(line)}\n`;
    if (held.length > heldCharacters) flush();
  };
  let files = 0;
  for (const entry of walk(root)) {
    await pauses.after(0);
    if (omits?.(entry) === true) continue;
    const { stat } = entry;
    files += 1;
    const inode = `${stat.dev}:${stat.ino}`;
    const path = text(entry.path);
    const first = stat.isDirectory() ? undefined : firstPaths.get(inode);
    if (first !== undefined) {
      meter.add(0);
      add({ path, type: 'hardlink', target: first });
      continue;
    }
    if (stat.nlink > 1n && !stat.isDirectory()) firstPaths.set(inode, path);
    meter.add(stat.isFile() ? Number(stat.size) : 0);
    const xattrs = attributes.of(entry.path);
    const content = stat.isFile() ? { sha256: await hashFile(entry.location, buffer, pauses) } : {};
    add({ path, ...describe(entry), ...content, ...(xattrs.length > 0 && { xattrs }) });
  }
  flush();
  return { digest: `sha256:${digest.digest('hex')}`, files, bytes: meter.bytes };
}

/** Lets the event loop have its turn, so that a Ctrl-C acts at once, and says how far it is. */
class Pauses {
  readonly #signal: AbortSignal;
  readonly #log: Log | undefined;
  #unyielded = 0;
  #bytes = 0;
  #toldAt = performance.now();

  constructor(signal: AbortSignal, log: Log | undefined) {
    this.#signal = signal;
    this.#log = log;
  }

  async after(bytes: number): Promise<void> {
    this.#bytes += bytes;
    this.#unyielded += Math.max(bytes, sliceBytes / sliceFiles);
    if (this.#unyielded < sliceBytes) return;
    this.#unyielded = 0;
    await setImmediate();
    this.#signal.throwIfAborted();
    if (performance.now() - this.#toldAt < tellMs) return;
    this.#toldAt = performance.now();
    this.#log?.progress(`reading the payload's files: ${(this.#bytes / 1e9).toFixed(1)} GB so far`);
  }
}

function describe({ stat, location, path }: TreeEntry): Record<string, string | number> {
  const owner = { uid: Number(stat.uid), gid: Number(stat.gid) };
  const mode = (Number(stat.mode) & 0o7777).toString(8).padStart(4, '0');
  if (stat.isDirectory()) return { type: 'folder', mode, ...owner };
  if (stat.isFile()) return { type: 'file', mode, ...owner, size: Number(stat.size) };
  // A link's own permission bits mean nothing on Linux.
  if (stat.isSymbolicLink())
    return { type: 'symlink', ...owner, target: text(readlinkSync(location, 'buffer')) };
  if (stat.isFIFO()) return { type: 'fifo', mode, ...owner };
  if (stat.isSocket()) {
    throw new ImageError(
      `${text(path)} in the payload is a socket, which images cannot carry`,
      'Add it to the workload\'s "remove".',
    );
  }
  const device = Number(stat.rdev);
  return { type: stat.isCharacterDevice() ? 'character' : 'block', mode, ...owner, device };
}

async function hashFile(location: Buffer, buffer: Buffer, pauses: Pauses): Promise<string> {
  const hash: Hash = createHash('sha256');
  const file = openSync(location, 'r');
  try {
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      hash.update(buffer.subarray(0, read));
      await pauses.after(read);
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
