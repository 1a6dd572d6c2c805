/** The payload as a VM's disk: a raw, sparse ext4 file system made without mounting anything. */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../machine/command.ts';
import type { BuildContext } from '../build-payload.ts';
import { exists, makeEntry, writeEntry } from '../cache-entry.ts';
import { compressBoth, type Compression } from '../oci-image/compress.ts';
import { explain } from '../error.ts';
import { makeExt4 } from './ext4.ts';
import type { Payload } from '../payload.ts';

export interface Disk {
  /** Image, read-only by agreement: instances write to overlays. */
  file: string;
  /** Size that the guest sees. */
  virtualBytes: number;
  /** Blocks that the sparse file takes on this machine. */
  allocatedBytes: number;
  format: 'raw' | 'qcow2';
}

/** Fixed, since a random one would change the bytes; overlays of one disk never meet in one guest. */
export const payloadUuid = '7a7e0000-7461-4e72-8000-000000000001';

/** Makes the disk unless the cache holds it. Throws an ImageError when it cannot. */
export async function packDisk(payload: Payload, context: BuildContext): Promise<Disk> {
  const file = join(context.cache, 'disks', `${payload.digest.replace('sha256:', '')}.ext4`);
  await makeEntry(file, async (temporary) => {
    context.log.progress('packing the VM disk: a few seconds');
    await makeExt4(payload.root, temporary, payloadUuid, context.signal);
  });
  return diskOf(file);
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

/** A copy-on-write layer for one instance over a shared disk. */
export async function createOverlayDisk(base: { file: string; format: string }, file: string): Promise<void> {
  try {
    await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', base.file, '-F', base.format, file]);
  } catch (error) {
    throw explain(error, file);
  }
}

/** Every file of a disk and what it lies over, the uppermost first. */
export async function layersOf(file: string): Promise<{ file: string; format: string }[]> {
  const { stdout } = await run('qemu-img', [
    'info',
    '--force-share',
    '--backing-chain',
    '--output=json',
    file,
  ]);
  const chain = JSON.parse(stdout) as { filename: string; format: string }[];
  return chain.map(({ filename, format }) => ({ file: filename, format }));
}

/** A raw disk that exists. */
export async function diskOf(file: string): Promise<Disk> {
  return {
    file,
    virtualBytes: (await stat(file)).size,
    allocatedBytes: await allocatedBytes(file),
    format: 'raw',
  };
}

/** Bytes that a file takes on its disk, holes not counted. */
export async function allocatedBytes(path: string): Promise<number> {
  // st_blocks counts units of 512 bytes whatever the file system's own block is.
  return (await stat(path)).blocks * 512;
}
