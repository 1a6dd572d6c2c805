/** One layer of an image, unpacked into a folder of its own while its digests are checked. */
import { createReadStream } from 'node:fs';
import { chmod, mkdir, open, readFile } from 'node:fs/promises';
import { decompressor, type Compression } from '../oci-image/compress.ts';
import { ImageError } from '../error.ts';
import { extractOptions } from './layer.ts';
import { listingOptions } from './layer-listing.ts';
import { liftMarkers, linkLower, type LayerMarks } from './merge-layer.ts';
import type { SourceLayer } from '../source/source-image.ts';
import {
  allOrCause,
  drain,
  feed,
  ProgramError,
  withPrograms,
  type PipeProgram,
  type StreamDigest,
} from '../stream.ts';

/**
 * Unpacks a layer into a folder that is made, and takes the markers of what it hides out of it.
 *
 * @param lower the files below it, which its hard links may name; null: there are none
 * @throws ProgramError or ImageError (without a remedy) where the layer is broken
 */
export async function extractLayer(
  layer: SourceLayer,
  folder: string,
  lower: string | null,
  signal: AbortSignal,
): Promise<LayerMarks> {
  await mkdir(folder);
  const listingFile = `${folder}.list`;
  // Without warnings, what it says is of failures alone.
  const args = ['--extract', '--file=-', ...listingOptions(listingFile), '--warning=none'];
  const tar = ['tar', [...args, ...extractOptions(folder)]] as const;
  const compression = await compressionOf(layer.file);
  const { blob, content, missed } = await (compression === null
    ? untar(layer, tar, signal)
    : unzipAndUntar(layer, decompressor(compression), tar, signal));
  if (blob.digest !== layer.digest || content.digest !== layer.diffId) {
    throw new ImageError('its digest differs', '');
  }
  const listing = await readFile(listingFile, 'latin1');
  if (missed !== null) {
    const made = lower === null ? 0 : linkLower(lower, folder, listing);
    if (made !== missed.links) throw missed.error;
  }
  const marks = liftMarkers(folder, listing);
  // Folders on the way to a file that the layer does not list: tar made them as this process's umask has it.
  for (const path of marks.implied) await chmod(Buffer.from(`${folder}${path}`, 'latin1'), 0o755);
  return marks;
}

/** By its first bytes: what a manifest says of it is wrong where skopeo has copied it from an archive. Null: it is plain. */
async function compressionOf(file: string): Promise<Compression | null> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    if (buffer.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]))) return 'gzip';
    return buffer.equals(Buffer.from([0x28, 0xb5, 0x2f, 0xfd])) ? 'zstd' : null;
  } finally {
    await handle.close();
  }
}

type Tar = readonly ['tar', readonly string[]];

interface Untarred {
  blob: StreamDigest;
  content: StreamDigest;
  missed: MissedLinks | null;
}

async function untar(layer: SourceLayer, tar: Tar, signal: AbortSignal): Promise<Untarred> {
  return withPrograms([tar] as const, signal, async ([untarring]) => {
    const [content, , missed] = await allOrCause([
      feed(createReadStream(layer.file), untarring.stdin),
      drain(untarring.stdout, null),
      finishedButForLinks(untarring),
    ]);
    return { blob: content, content, missed };
  });
}

async function unzipAndUntar(
  layer: SourceLayer,
  unzip: readonly [string, readonly string[]],
  tar: Tar,
  signal: AbortSignal,
): Promise<Untarred> {
  return withPrograms([unzip, tar] as const, signal, async ([unzipping, untarring]) => {
    const [blob, content, , , missed] = await allOrCause([
      feed(createReadStream(layer.file), unzipping.stdin),
      feed(unzipping.stdout, untarring.stdin),
      drain(untarring.stdout, null),
      unzipping.finished(),
      finishedButForLinks(untarring),
    ]);
    return { blob, content, missed };
  });
}

/** Hard links that tar could not make for want of their target, and its failure, should they not be all. */
interface MissedLinks {
  links: number;
  error: ProgramError;
}

/** Null: tar has done everything. It goes on after a link that it cannot make, and says so of each. */
async function finishedButForLinks(untarring: PipeProgram): Promise<MissedLinks | null> {
  try {
    await untarring.finished();
    return null;
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    const said = error.stderr.trim().split('\n');
    const isEnd = said.pop() === 'tar: Exiting with failure status due to previous errors';
    const isLink = /: Cannot hard link to .*: No such file or directory$/;
    if (!isEnd || !said.every((line) => isLink.test(line))) throw error;
    return { links: said.length, error };
  }
}
