/**
 * Puts the layers of an image on top of each other (https://github.com/opencontainers/image-spec, layer.md). Each is
 * unpacked into an empty folder of its own, where no link of a lower layer can lead a file astray, and then the lower
 * files that it does not hide are moved in beside its own. What is moved keeps everything: hard links, holes,
 * attributes, devices.
 */
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildContext } from '../build-payload.ts';
import { ImageError, isDiskFull } from '../error.ts';
import { extractLayer } from './extract-layer.ts';
import { foldIn } from './merge-layer.ts';
import type { SourceLayer } from '../source/source-image.ts';
import { ProgramError } from '../stream.ts';

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
    const marks = await extractLayer(layer, upper, lower, context.signal).catch((error: unknown) => {
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

/** A full disk and a missing program stay what they are; everything else is the layer's fault. */
function explainLayer(error: unknown, layer: string, name: string): unknown {
  const isOfLayer = error instanceof ProgramError || (error instanceof ImageError && error.remedy === '');
  if (!isOfLayer || isDiskFull(error)) return error;
  const why = error instanceof ProgramError ? firstLines(error.stderr) : 'its digest differs';
  return new ImageError(`The image ${name} is broken in ${layer}: ${why}`, 'Build it or fetch it again.', {
    cause: error,
  });
}

function firstLines(text: string): string {
  return text.trim().split('\n').slice(0, 8).join('\n');
}
