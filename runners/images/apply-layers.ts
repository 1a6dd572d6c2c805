/**
 * Puts the layers of an image on top of each other (https://github.com/opencontainers/image-spec, layer.md). Each is
 * unpacked into an empty folder of its own, where no link of a lower layer can lead a file astray, and then the lower
 * files that it does not hide are moved in beside its own. What is moved keeps everything: hard links, holes,
 * attributes, devices.
 */
import { createReadStream } from 'node:fs';
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildContext } from './build-payload.ts';
import { decompressor, type Compression } from './compress.ts';
import { ImageError, isDiskFull } from './error.ts';
import { extractOptions } from './layer.ts';
import { foldIn, liftMarkers, type LayerMarks } from './merge-layer.ts';
import type { SourceLayer } from './source-image.ts';
import { allOrCause, drain, feed, ProgramError, withPrograms, type StreamDigest } from './stream.ts';

/**
 * @param root is made; @param work an existing folder on the same file system, for what lies between
 * @throws ImageError that names the layer which is broken
 */
export async function applyLayers(
  layers: readonly SourceLayer[],
  name: string,
  places: { root: string; work: string },
  context: BuildContext,
): Promise<void> {
  let lower: string | null = null;
  for (const [at, layer] of layers.entries()) {
    context.signal.throwIfAborted();
    context.log.progress(`unpacking layer ${at + 1} of ${layers.length}`);
    const upper = join(places.work, `layer-${at}`);
    const marks = await extract(layer, upper, context.signal).catch((error: unknown) => {
      throw explainLayer(error, `layer ${at + 1} of ${layers.length} (${layer.digest})`, name);
    });
    if (lower !== null) {
      foldIn(lower, upper, marks);
      await rm(lower, { recursive: true, force: true });
    }
    lower = upper;
  }
  if (lower === null) await mkdir(places.root);
  else await rename(lower, places.root);
}

/** Unpacks a layer into a folder that is made, and takes the markers of what it hides out of it. */
async function extract(layer: SourceLayer, folder: string, signal: AbortSignal): Promise<LayerMarks> {
  await mkdir(folder);
  const listing = `${folder}.list`;
  const tar = [
    'tar',
    [
      ...['--extract', '--file=-', '--verbose', `--index-file=${listing}`, '--quoting-style=escape'],
      ...extractOptions(folder),
    ],
  ] as const;
  const compression = await compressionOf(layer.file);
  const digests = await (compression === null
    ? untar(layer, tar, signal)
    : unzipAndUntar(layer, decompressor(compression), tar, signal));
  if (digests.blob.digest !== layer.digest || digests.content.digest !== layer.diffId) {
    throw new ImageError('its digest differs', '');
  }
  const marks = liftMarkers(folder, await readFile(listing, 'latin1'));
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

async function untar(
  layer: SourceLayer,
  tar: Tar,
  signal: AbortSignal,
): Promise<{ blob: StreamDigest; content: StreamDigest }> {
  return withPrograms([tar] as const, signal, async ([untarring]) => {
    const [content] = await allOrCause([
      feed(createReadStream(layer.file), untarring.stdin),
      drain(untarring.stdout, null),
      untarring.finished(),
    ]);
    return { blob: content, content };
  });
}

async function unzipAndUntar(
  layer: SourceLayer,
  unzip: readonly [string, readonly string[]],
  tar: Tar,
  signal: AbortSignal,
): Promise<{ blob: StreamDigest; content: StreamDigest }> {
  return withPrograms([unzip, tar] as const, signal, async ([unzipping, untarring]) => {
    const [blob, content] = await allOrCause([
      feed(createReadStream(layer.file), unzipping.stdin),
      feed(unzipping.stdout, untarring.stdin),
      drain(untarring.stdout, null),
      unzipping.finished(),
      untarring.finished(),
    ]);
    return { blob, content };
  });
}

/** A full disk and a missing program stay what they are; everything else is the layer's fault. */
function explainLayer(error: unknown, layer: string, name: string): unknown {
  const isOfLayer = error instanceof ProgramError || (error instanceof ImageError && error.remedy === '');
  if (!isOfLayer || isDiskFull(error)) return error;
  const why = error instanceof ProgramError ? error.stderr.trim() : 'its digest differs';
  return new ImageError(`The image ${name} is broken in ${layer}: ${why}`, 'Build it or fetch it again.', {
    cause: error,
  });
}
