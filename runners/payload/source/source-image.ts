/** Reads an OCI image layout of one image: what it says of the start, and its layers. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageError, UnfitImageError } from '../error.ts';
import { readImageConfig } from './image-config.ts';
import type { SourceImageConfig } from '../payload.ts';

export interface SourceLayer {
  /** The blob on this machine. */
  file: string;
  /** `sha256:…` of the blob. */
  digest: string;
}

export interface LayoutImage {
  config: SourceImageConfig;
  /** The lowest first. */
  layers: SourceLayer[];
}

/** The image specification uses Go's names. */
export const architecture = process.arch === 'x64' ? 'amd64' : process.arch;

/** Other names that engines take for the same processor, and processors whose programs another one runs too. */
const runnable: Readonly<Record<string, readonly string[]>> = {
  amd64: ['amd64', 'x86_64', 'x86-64', 'x64', '386', 'i386', 'i686'],
  arm64: ['arm64', 'aarch64', 'armv8'],
};

/** podman takes five hundred, docker fewer. */
const maximumLayers = 500;
/** Of a manifest or a configuration; engines take no more than four. */
const maximumJsonBytes = 16 << 20;

interface Descriptor {
  mediaType?: string;
  digest?: string;
}

interface ImageBlob {
  architecture?: string | null;
  os?: string | null;
  config?: unknown;
}

/** Throws an UnfitImageError for another processor, an ImageError for what is no image. */
export async function readImageLayout(layout: string, name: string): Promise<LayoutImage> {
  const index = await readJson<{ manifests?: Descriptor[] | null }>(join(layout, 'index.json'), name);
  const [entry] = index.manifests ?? [];
  if (!entry) throw broken(name, 'its index names no manifest');
  const manifest = await readJson<{ config?: Descriptor | null; layers?: Descriptor[] | null }>(
    blobFile(layout, entry, name),
    name,
  );
  if (!manifest.config) throw broken(name, 'its manifest names no configuration');
  const layers = manifest.layers ?? [];
  if (layers.length > maximumLayers) {
    throw new ImageError(
      `The image ${name} has ${layers.length} layers, and engines take no more than ${maximumLayers}`,
      'Build it with fewer ("--squash").',
    );
  }
  const blob = await readJson<ImageBlob>(blobFile(layout, manifest.config, name), name);
  checkArchitecture(blob, name);
  const encrypted = layers.find(({ mediaType }) => mediaType?.endsWith('+encrypted'));
  if (encrypted) {
    throw new ImageError(
      `The image ${name} has an encrypted layer (${encrypted.mediaType ?? ''})`,
      'Decrypt it first ("skopeo copy --decryption-key").',
    );
  }
  return {
    config: readImageConfig(blob.config, (why) => broken(name, why)),
    layers: layers.map((layer) => ({
      file: blobFile(layout, layer, name),
      digest: layer.digest ?? '',
    })),
  };
}

/** What says nothing of its processor is taken to be for this one, as engines do it. */
function checkArchitecture(blob: ImageBlob, name: string): void {
  const found = (blob.architecture ?? '').toLowerCase();
  const os = (blob.os ?? '').toLowerCase();
  const fits = found === '' || (runnable[architecture] ?? [architecture]).includes(found);
  if (!fits || !['', 'linux'].includes(os))
    throw otherArchitecture(name, [`${os || 'linux'}/${found || architecture}`]);
}

export function otherArchitecture(name: string, found: readonly string[]): UnfitImageError {
  return new UnfitImageError(
    `The image ${name} is for ${found.join(', ')}, and this machine is linux/${architecture}`,
    'Choose an image for this machine: Tare measures the box, not an emulator inside it.',
  );
}

function blobFile(layout: string, { digest = '' }: Descriptor, name: string): string {
  const match = /^(sha256|sha512):([0-9a-f]+)$/.exec(digest);
  if (!match) throw broken(name, `${JSON.stringify(digest)} is not a digest`);
  return join(layout, 'blobs', match[1] ?? '', match[2] ?? '');
}

/** An object: nothing else is of use here. */
async function readJson<T extends object>(file: string, name: string): Promise<T> {
  let found: unknown;
  try {
    const { size } = await stat(file);
    if (size > maximumJsonBytes) throw new Error(`${file} has ${size} bytes`);
    found = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw broken(name, error instanceof Error ? error.message : String(error), error);
  }
  if (typeof found !== 'object' || found === null) throw broken(name, `${file} holds no object`);
  return found as T;
}

function broken(name: string, why: string, cause?: unknown): ImageError {
  return new ImageError(`The image ${name} is broken: ${why}`, 'Build it or fetch it again.', { cause });
}
