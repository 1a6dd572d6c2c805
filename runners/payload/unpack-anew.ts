/** A payload that has been an image: what comes out of its OCI layout, read as any image is, past the cache. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildContext } from './build-payload.ts';
import { readManifest } from './manifest.ts';
import { setTimes } from './normalise.ts';
import type { OciImage } from './oci-image/oci-image.ts';
import type { Payload } from './payload.ts';
import { ociSource } from './source/oci.ts';

/**
 * @param folder must not exist
 * @returns the payload with its root there, and the digest that it has there
 */
export async function unpackAnew(
  payload: Payload,
  { layout, manifests }: OciImage,
  folder: string,
  context: BuildContext,
): Promise<Payload> {
  const root = join(folder, 'rootfs');
  await mkdir(folder);
  const image = `oci:${layout}:${manifests.zstd.name}`;
  const source = { from: 'oci', image, digest: null, tlsVerify: true, timeoutMs: 60_000 } as const;
  await ociSource.fill({ ...source, files: [], remove: [] }, root, context);
  setTimes(root);
  const { digest } = await readManifest(root, context.signal, { log: context.log });
  return { ...payload, root, digest };
}
