/**
 * The payload as an OCI image layout (https://github.com/opencontainers/image-spec): one layer, compressed with gzip
 * and with zstd, and a manifest for each. The layer depends on the payload alone and is packed once; an image adds a
 * configuration and manifests of a few hundred bytes beside hard links to it.
 */
import { createHash } from 'node:crypto';
import { link, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildContext } from '../build-payload.ts';
import { makeEntry } from '../cache-entry.ts';
import { compressions, type Compressed, type Compression } from './compress.ts';
import { epochSeconds } from '../epoch.ts';
import { layerFiles, packLayer, unpackLayer } from '../layer/layer.ts';
import type { Payload } from '../payload.ts';

/** What the image's configuration says of the start; a runner's Launch fits. */
export interface ImageConfig {
  command: readonly string[];
  environment: Readonly<Record<string, string>>;
  user: string;
  workdir: string;
  port: number;
  stopSignal: string;
}

export interface ImageManifest {
  /** `sha256:…` of the manifest blob. */
  digest: string;
  /** Name by which the layout's index knows it: `oci:<layout>:<name>`. */
  name: Compression;
  /** The layer's blob. */
  layer: { file: string; digest: string; bytes: number };
  /** What a registry would send: layer, configuration and manifest. */
  transferBytes: number;
}

export interface OciImage {
  /** Folder with `oci-layout`, `index.json` and `blobs`. */
  layout: string;
  /** `sha256:…` of the uncompressed layer. */
  diffId: string;
  manifests: Record<Compression, ImageManifest>;
  /** Sum of regular files' sizes after unpacking, hard links once. */
  unpackedBytes: number;
}

const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
};

/** Packs what the cache does not hold yet. Throws an ImageError when it cannot. */
export async function packOciImage(
  payload: Payload,
  config: ImageConfig,
  context: BuildContext,
): Promise<OciImage> {
  const folder = join(context.cache, 'oci', hexOf(payload.digest));
  const layers = await cachedLayers(payload, folder, context);
  const blobs = describeImage(config, layers);
  const layout = join(folder, hexOf(blobs.config.digest));
  await makeEntry(layout, (temporary) => writeLayout(temporary, blobs, join(folder, 'layers'), layers));
  const manifest = (name: Compression): ImageManifest => {
    const { digest, bytes } = layers[name];
    const file = blobFile(layout, digest);
    const own = blobs.manifests[name];
    const transferBytes = bytes + blobs.config.text.length + own.text.length;
    return { digest: own.digest, name, layer: { file, digest, bytes }, transferBytes };
  };
  return {
    layout,
    diffId: layers.source.digest,
    manifests: { gzip: manifest('gzip'), zstd: manifest('zstd') },
    unpackedBytes: payload.bytes,
  };
}

/**
 * The image's files in a folder of the cache, as an engine would unpack them, from the zstd layer. Images of one
 * payload share the folder; it is never written to.
 */
export async function unpackOciImage(image: OciImage, context: BuildContext): Promise<{ root: string }> {
  const entry = join(context.cache, 'bundles', hexOf(image.diffId));
  const { layer } = image.manifests.zstd;
  await makeEntry(entry, async (temporary) => {
    context.log.progress('unpacking the container image: a few seconds');
    const root = join(temporary, 'rootfs');
    await mkdir(root, { recursive: true });
    const source = { file: layer.file, compression: 'zstd', blob: layer, diffId: image.diffId } as const;
    await unpackLayer(source, root, context.signal);
  });
  return { root: join(entry, 'rootfs') };
}

/** Packs the payload's layer unless `folder`/layers holds it. */
async function cachedLayers(payload: Payload, folder: string, context: BuildContext): Promise<Compressed> {
  const layers = join(folder, 'layers');
  await makeEntry(layers, async (temporary) => {
    const seconds = Math.ceil(payload.bytes / packedBytesPerSecond);
    context.log.progress(`packing the container image with gzip and zstd: about ${seconds} s`);
    await mkdir(temporary);
    const compressed = await packLayer(payload.root, temporary, context.signal);
    await writeFile(join(temporary, 'layers.json'), JSON.stringify(compressed));
  });
  return JSON.parse(await readFile(join(layers, 'layers.json'), 'utf8')) as Compressed;
}

/** On two cores of 2020; only for the message. */
const packedBytesPerSecond = 60e6;

interface Blob {
  digest: string;
  text: string;
}

interface ImageBlobs {
  config: Blob;
  manifests: Record<Compression, Blob>;
}

function describeImage(config: ImageConfig, layers: Compressed): ImageBlobs {
  const created = new Date(epochSeconds * 1000).toISOString();
  const configBlob = blob({
    created,
    architecture: architecture(),
    os: 'linux',
    config: {
      User: config.user,
      // A workload that ends by itself has none; podman refuses an image that exposes port 0.
      ...(config.port > 0 && { ExposedPorts: { [`${config.port}/tcp`]: {} } }),
      Env: Object.entries(config.environment).map(([name, value]) => `${name}=${value}`),
      Entrypoint: config.command.slice(0, 1),
      Cmd: config.command.slice(1),
      WorkingDir: config.workdir,
      StopSignal: config.stopSignal,
    },
    rootfs: { type: 'layers', diff_ids: [layers.source.digest] },
    history: [{ created, created_by: 'tare' }],
  });
  const manifest = (name: Compression): Blob =>
    blob({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: descriptor(mediaTypes.config, configBlob.digest, configBlob.text.length),
      layers: [descriptor(mediaTypes[name], layers[name].digest, layers[name].bytes)],
    });
  return { config: configBlob, manifests: { gzip: manifest('gzip'), zstd: manifest('zstd') } };
}

async function writeLayout(
  layout: string,
  blobs: ImageBlobs,
  layersFolder: string,
  layers: Compressed,
): Promise<void> {
  await mkdir(join(layout, 'blobs', 'sha256'), { recursive: true });
  const files = layerFiles(layersFolder);
  for (const name of compressions) await link(files[name], blobFile(layout, layers[name].digest));
  for (const { digest, text } of [blobs.config, blobs.manifests.gzip, blobs.manifests.zstd]) {
    await writeFile(blobFile(layout, digest), text);
  }
  const manifests = compressions.map((name) => ({
    ...descriptor(mediaTypes.manifest, blobs.manifests[name].digest, blobs.manifests[name].text.length),
    annotations: { 'org.opencontainers.image.ref.name': name },
  }));
  const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests };
  await writeFile(join(layout, 'index.json'), JSON.stringify(index));
  await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}

/** JSON that is ASCII alone, so that its length in characters is its length in bytes. */
function blob(content: unknown): Blob {
  const text = JSON.stringify(content).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return { text, digest: `sha256:${createHash('sha256').update(text).digest('hex')}` };
}

function descriptor(mediaType: string, digest: string, size: number): Record<string, string | number> {
  return { mediaType, digest, size };
}

function blobFile(layout: string, digest: string): string {
  return join(layout, 'blobs', 'sha256', hexOf(digest));
}

function hexOf(digest: string): string {
  return digest.replace('sha256:', '');
}

/** The image specification uses Go's names. */
function architecture(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}
