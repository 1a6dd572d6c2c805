/** A tree as the one layer of a container image: a tar whose bytes depend on the tree's content alone. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { compressBoth, decompressor, type Compressed, type Compression } from '../oci-image/compress.ts';
import { epochSeconds } from '../epoch.ts';
import { ImageError } from '../error.ts';
import { allOrCause, feed, withPrograms, type StreamDigest } from '../stream.ts';

/** Extended attributes go as they are, access control lists among them; SELinux labels belong to the machine. */
const attributeOptions = ['--xattrs', '--xattrs-include=*', '--xattrs-exclude=security.selinux'];

/** Writes `layer.tar.gz` and `layer.tar.zst` into a folder. Hard links, holes, modes and devices are kept. */
export async function packLayer(root: string, folder: string, signal: AbortSignal): Promise<Compressed> {
  const args = [
    '--create',
    '--file=-',
    '--sort=name',
    `--mtime=@${epochSeconds}`,
    '--numeric-owner',
    '--format=posix',
    // Neither this process's id nor times beside mtime in the extended headers.
    '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime',
    ...attributeOptions,
    `--directory=${root}`,
    '.',
  ];
  return withPrograms([['tar', args]] as const, signal, async ([tar]) => {
    const compressed = await compressBoth(tar.stdout, layerFiles(folder), signal);
    await tar.finished();
    return compressed;
  });
}

export function layerFiles(folder: string): Record<Compression, string> {
  return { gzip: join(folder, 'layer.tar.gz'), zstd: join(folder, 'layer.tar.zst') };
}

/**
 * Unpacks a layer into a folder that exists, checking both digests while it reads. Throws an ImageError when the blob
 * is not what it should be; the folder then holds rubbish.
 */
export async function unpackLayer(
  layer: { file: string; compression: Compression; blob: StreamDigest; diffId: string },
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const args = ['--extract', '--file=-', ...extractOptions(folder)];
  const programs = [decompressor(layer.compression), ['tar', args]] as const;
  await withPrograms(programs, signal, async ([unzip, untar]) => {
    const [blob, content] = await allOrCause([
      feed(createReadStream(layer.file), unzip.stdin),
      feed(unzip.stdout, untar.stdin),
      unzip.finished(),
      untar.finished(),
    ]);
    if (blob.digest !== layer.blob.digest || content.digest !== layer.diffId) throw damaged(layer.file);
  });
}

/** Options of tar for unpacking into a folder with everything that a file has. */
export function extractOptions(folder: string): string[] {
  return [
    '--preserve-permissions',
    '--same-owner',
    '--numeric-owner',
    ...attributeOptions,
    `--directory=${folder}`,
  ];
}

function damaged(file: string): ImageError {
  return new ImageError(`${file} is damaged: its digest differs`, 'Empty the cache with "tare clean --all".');
}
