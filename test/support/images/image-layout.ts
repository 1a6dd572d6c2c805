/** An OCI image layout that is put together by hand from tar archives, as a builder would not make it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../runners/machine/command.ts';
import { drain } from '../../../runners/payload/stream.ts';
import { architecture } from '../../../runners/payload/source/source-image.ts';

const types = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
};

/**
 * @param layers tar archives, the lowest first; they are compressed and moved into the layout
 * @param config what the image says of its start, in the image specification's words
 */
export async function writeImageLayout(
  layout: string,
  layers: readonly string[],
  config: Readonly<Record<string, unknown>>,
): Promise<void> {
  const blobs = join(layout, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const diffIds: string[] = [];
  const descriptors = [];
  for (const tar of layers) {
    diffIds.push((await drain(createReadStream(tar), null)).digest);
    const file = `${tar}.gz`;
    await run('pigz', ['--no-time', '--fast', '--keep', tar]);
    await rm(tar);
    const { digest, bytes: size } = await drain(createReadStream(file), null);
    await rename(file, join(blobs, digest.replace('sha256:', '')));
    descriptors.push({ mediaType: types.layer, digest, size });
  }
  const addJson = async (mediaType: string, content: unknown): Promise<Record<string, unknown>> => {
    const text = JSON.stringify(content);
    const hash = createHash('sha256').update(text).digest('hex');
    await writeFile(join(blobs, hash), text);
    return { mediaType, digest: `sha256:${hash}`, size: text.length };
  };
  const rootfs = { type: 'layers', diff_ids: diffIds };
  const blob = await addJson(types.config, { architecture, os: 'linux', config, rootfs });
  const manifest = { schemaVersion: 2, mediaType: types.manifest, config: blob, layers: descriptors };
  const entry = await addJson(types.manifest, manifest);
  await writeFile(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
  await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}
