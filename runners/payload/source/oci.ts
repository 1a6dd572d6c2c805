/** A container image, from wherever skopeo can fetch it. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { applyLayers } from '../layer/apply-layers.ts';
import type { BuildContext } from '../build-payload.ts';
import { withTemporary } from '../cache-entry.ts';
import { ImageError } from '../error.ts';
import { limitsOf, type PayloadLimits } from '../limits.ts';
import { addImageNeeds } from './image-needs.ts';
import { readPackages } from './packages.ts';
import { readImageLayout } from './source-image.ts';
import type { OciSource } from './source.ts';
import { copyImage, inspectImage, isRegistry } from './skopeo.ts';
import type { Filled, SourceBuilder } from './source-builder.ts';

export const ociSource: SourceBuilder<OciSource> = {
  about: ({ image }) => `fetching ${image}`,
  async pin(source, context) {
    // A registry serves by digest, and what the cache holds under a digest needs no registry.
    if (source.digest !== null && isRegistry(source)) return source;
    context.log.progress(`asking which image ${source.image} is`);
    const digest = await inspectImage(source, context);
    if (source.digest !== null && digest !== source.digest) {
      throw new ImageError(
        `${source.image} is now ${digest}, and ${source.digest} was asked for`,
        'Take that digest, or put the image back.',
      );
    }
    return { ...source, digest };
  },
  identity: ({ digest }) => Promise.resolve([digest, imageReading]),
  async fill(source, root, context) {
    return withTemporary(join(context.cache, 'payloads'), async (work) => {
      await mkdir(work);
      const layout = join(work, 'image');
      await copyImage(source, layout, work, context);
      return await fillFromLayout(
        { layout, name: source.image, digest: source.digest ?? '', limits: limitsOf(source) },
        root,
        context,
      );
    });
  },
};

/** Changes whenever another thing is made of the same image: what the cache knows of one is then read again. */
export const imageReading = 2;

/** The files of the one image in an OCI layout, with what engines add to them. */
export async function fillFromLayout(
  { layout, name, digest, limits }: { layout: string; name: string; digest: string; limits: PayloadLimits },
  root: string,
  context: BuildContext,
): Promise<Filled> {
  const { config, layers } = await readImageLayout(layout, name);
  await applyLayers(layers, name, { root, limits }, context);
  await addImageNeeds(root, config);
  return { packages: await readPackages(root), image: { digest, config } };
}
