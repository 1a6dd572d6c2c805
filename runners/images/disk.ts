/** The payload as a VM's disk: a raw, sparse ext4 file system made without mounting anything. */
import { createReadStream } from 'node:fs';
import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../host/command.ts';
import type { BuildContext } from './build-payload.ts';
import { exists, makeEntry, writeEntry } from './cache-entry.ts';
import { compressBoth, type Compression } from './compress.ts';
import { explain } from './error.ts';
import { fixedTime, freezeDisk } from './freeze-disk.ts';
import type { Payload } from './payload.ts';
import { walk } from './walk.ts';

export interface Disk {
  /** Raw image, read-only by agreement: instances write to overlays. */
  file: string;
  /** Size that the guest sees. */
  virtualBytes: number;
  /** Blocks that the sparse file takes on this machine. */
  allocatedBytes: number;
}

const blockBytes = 4096;
const inodeBytes = 256;
const journalMiB = 16;
/** Room for the guest's writes: this share of the content, and no less than that many bytes. */
const headroom = { share: 0.25, leastBytes: 64 << 20 };
/** Fixed, since a random one would change the bytes; overlays of one disk never meet in one guest. */
const uuid = '7a7e0000-7461-4e72-8000-000000000001';

/** Makes the disk unless the cache holds it. Throws an ImageError when it cannot. */
export async function packDisk(payload: Payload, context: BuildContext): Promise<Disk> {
  const file = join(context.cache, 'disks', `${payload.digest.replace('sha256:', '')}.ext4`);
  await makeEntry(file, async (temporary) => {
    context.log.progress('packing the VM disk: a few seconds');
    const { bytes, inodes } = layoutOf(payload.root);
    await writeFile(temporary, '', { flag: 'wx' });
    await truncate(temporary, bytes);
    await makeFileSystem(payload.root, temporary, inodes, context.signal);
    await freezeDisk(temporary, context.signal);
  });
  return { file, virtualBytes: (await stat(file)).size, allocatedBytes: await allocatedBytes(file) };
}

/** Bytes to send of the whole disk, compressed. Computed once and kept beside it. */
export async function compressDisk(
  disk: Disk,
  context: Pick<BuildContext, 'signal' | 'log'>,
): Promise<Record<Compression, number>> {
  const answer = `${disk.file}.json`;
  if (!(await exists(answer))) {
    context.log.progress('compressing the VM disk to learn what it weighs: several seconds');
    const nowhere = { gzip: null, zstd: null };
    const source = createReadStream(disk.file);
    try {
      const { gzip, zstd } = await compressBoth(source, nowhere, context.signal);
      await writeEntry(answer, JSON.stringify({ gzip: gzip.bytes, zstd: zstd.bytes }));
    } finally {
      source.destroy();
    }
  }
  return JSON.parse(await readFile(answer, 'utf8')) as Record<Compression, number>;
}

/** A copy-on-write layer for one instance over a shared raw disk. */
export async function createOverlayDisk(base: Disk, file: string): Promise<void> {
  try {
    await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', base.file, '-F', 'raw', file]);
  } catch (error) {
    throw explain(error, file);
  }
}

/** Bytes that a file takes on its disk, holes not counted. */
export async function allocatedBytes(path: string): Promise<number> {
  // st_blocks counts units of 512 bytes whatever the file system's own block is.
  return (await stat(path)).blocks * 512;
}

/** Content in whole blocks, inodes and journal, and the headroom on top; whole MiB. */
function layoutOf(root: string): { bytes: number; inodes: number } {
  const entries = walk(root);
  const seen = new Set<bigint>();
  let contentBytes = 0;
  for (const { stat } of entries) {
    if (seen.has(stat.ino)) continue;
    seen.add(stat.ino);
    contentBytes += Math.max(1, Math.ceil(Number(stat.size) / blockBytes)) * blockBytes;
  }
  const inodes = Math.ceil(entries.length * (1 + headroom.share)) + 4096;
  const spareBytes = Math.max(contentBytes * headroom.share, headroom.leastBytes);
  const total = contentBytes + spareBytes + inodes * inodeBytes + (journalMiB << 20);
  return { bytes: Math.ceil(total / (1 << 20)) * (1 << 20), inodes };
}

async function makeFileSystem(
  root: string,
  file: string,
  inodes: number,
  signal: AbortSignal,
): Promise<void> {
  const extended = `hash_seed=${uuid},lazy_itable_init=0,lazy_journal_init=1,root_owner=0:0`;
  await run(
    'mke2fs',
    [
      '-q',
      ...['-t', 'ext4'],
      // Small disks would get blocks of 1 KiB, and with them another speed.
      ...['-b', String(blockBytes)],
      ...['-I', String(inodeBytes)],
      ...['-N', String(inodes)],
      ...['-J', `size=${journalMiB}`],
      // Nothing is kept back for root: the whole headroom is the guest's.
      ...['-m', '0'],
      ...['-U', uuid],
      ...['-E', extended],
      ...['-d', root],
      file,
    ],
    { signal, env: fixedTime },
  );
}
