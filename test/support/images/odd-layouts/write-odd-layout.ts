/** Writes an odd layout as a folder, and knows all there are. */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { architecture } from '../../../../runners/payload/source/source-image.ts';
import { oddDocuments } from './documents.ts';
import { oddMembers } from './members.ts';
import { baseMembers, layer, type BaseFiles, type Json, type Layer, type OddLayout } from './odd-layout.ts';
import { oddPackings } from './packings.ts';

const types = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
};

export const oddLayouts: readonly OddLayout[] = [...oddPackings, ...oddMembers, ...oddDocuments];

/** Writes it into a folder that is made. @param basis changes what the base's configuration says of the start */
export async function writeOddLayout(
  odd: OddLayout,
  layout: string,
  base: Layer = layer(baseMembers),
  basis: BaseFiles = { config: {} },
): Promise<void> {
  const image = await odd.image(base, basis);
  const blobs = join(layout, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const add = async (mediaType: string, content: Buffer): Promise<Json> => {
    const digest = digestOf(content);
    await writeFile(join(blobs, digest.replace('sha256:', '')), content);
    return { mediaType, digest, size: content.length };
  };
  const addJson = (mediaType: string, content: unknown): Promise<Json> =>
    add(mediaType, Buffer.from(JSON.stringify(content)));
  const layers = [];
  for (const { mediaType, blob } of image.layers) layers.push(await add(mediaType, blob));
  const diffIds = image.layers.map(({ content }) => digestOf(content));
  const usual = {
    architecture,
    os: 'linux',
    config: { Entrypoint: ['/usr/bin/server'], ExposedPorts: { '8080/tcp': {} }, ...basis.config },
    rootfs: { type: 'layers', diff_ids: diffIds },
  };
  const configBlob = await addJson(types.config, image.config?.(usual) ?? usual);
  const found = { schemaVersion: 2, mediaType: types.manifest, config: configBlob, layers };
  const written = (image.manifest?.(found) ?? found) as Json;
  const entry = await addJson((written['mediaType'] as string | undefined) ?? types.manifest, written);
  const index = { schemaVersion: 2, manifests: [entry] };
  await writeFile(join(layout, 'index.json'), JSON.stringify(image.index?.(index, entry) ?? index));
  await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
