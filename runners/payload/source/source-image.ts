/** Reads an OCI image layout of one image: what it says of the start, and its layers. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageError, UnfitImageError } from '../error.ts';
import type { SourceImageConfig } from '../payload.ts';

export interface SourceLayer {
  /** The blob on this machine. */
  file: string;
  /** `sha256:…` of the blob. */
  digest: string;
  /** `sha256:…` of the layer uncompressed, as the configuration has it. */
  diffId: string;
}

export interface LayoutImage {
  config: SourceImageConfig;
  /** The lowest first. */
  layers: SourceLayer[];
}

/** Media types end alike in the OCI's words and in Docker's (`application/vnd.docker.image.rootfs.diff.tar.gzip`). */
const layerType = /\.tar(?:[.+]gzip|\+zstd)?$/;

/** The image specification uses Go's names. */
export const architecture = process.arch === 'x64' ? 'amd64' : process.arch;

interface Descriptor {
  mediaType: string;
  digest: string;
}

interface ImageBlob {
  architecture?: string;
  os?: string;
  config?: {
    Entrypoint?: string[] | null;
    Cmd?: string[] | null;
    Env?: string[] | null;
    User?: string;
    WorkingDir?: string;
    ExposedPorts?: Record<string, unknown> | null;
    StopSignal?: string;
    Volumes?: Record<string, unknown> | null;
  };
  rootfs?: { diff_ids?: string[] };
}

/** Throws an UnfitImageError for another processor, an ImageError for what is no image. */
export async function readImageLayout(layout: string, name: string): Promise<LayoutImage> {
  const index = await readJson<{ manifests?: Descriptor[] }>(join(layout, 'index.json'), name);
  const [entry] = index.manifests ?? [];
  if (!entry) throw broken(name, 'its index names no manifest');
  const manifest = await readJson<{ config?: Descriptor; layers?: Descriptor[] }>(
    blobFile(layout, entry),
    name,
  );
  if (!manifest.config || !manifest.layers)
    throw broken(name, 'its manifest names no configuration and no layers');
  const blob = await readJson<ImageBlob>(blobFile(layout, manifest.config), name);
  checkArchitecture(blob, name);
  const diffIds = blob.rootfs?.diff_ids ?? [];
  if (diffIds.length !== manifest.layers.length) {
    throw broken(
      name,
      `it has ${manifest.layers.length} layers, and its configuration knows ${diffIds.length}`,
    );
  }
  const foreign = manifest.layers.find(({ mediaType }) => !layerType.test(mediaType));
  if (foreign)
    throw broken(
      name,
      `a layer is of type ${foreign.mediaType}, which is none of tar, tar+gzip and tar+zstd`,
    );
  const layers = manifest.layers.map((layer, at) => ({
    file: blobFile(layout, layer),
    digest: layer.digest,
    diffId: diffIds[at] ?? '',
  }));
  return { config: configOf(blob), layers };
}

function checkArchitecture(
  { architecture: found = architecture, os = 'linux' }: ImageBlob,
  name: string,
): void {
  if (found !== architecture || os !== 'linux') throw otherArchitecture(name, [`${os}/${found}`]);
}

export function otherArchitecture(name: string, found: readonly string[]): UnfitImageError {
  return new UnfitImageError(
    `The image ${name} is for ${found.join(', ')}, and this machine is linux/${architecture}`,
    'Choose an image for this machine: Tare measures the box, not an emulator inside it.',
  );
}

function configOf({ config = {} }: ImageBlob): SourceImageConfig {
  const ports = Object.keys(config.ExposedPorts ?? {}).flatMap((port) => {
    const match = /^(\d+)(?:\/tcp)?$/.exec(port);
    return match ? [Number(match[1])] : [];
  });
  return {
    entrypoint: config.Entrypoint ?? [],
    command: config.Cmd ?? [],
    environment: Object.fromEntries((config.Env ?? []).map(nameAndValue)),
    user: config.User ?? '',
    workdir: config.WorkingDir ?? '',
    tcpPorts: ports.sort((a, b) => a - b),
    stopSignal: config.StopSignal ?? '',
    volumes: Object.keys(config.Volumes ?? {}),
  };
}

function nameAndValue(text: string): [string, string] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
}

function blobFile(layout: string, { digest }: Descriptor): string {
  const match = /^(sha256|sha512):([0-9a-f]+)$/.exec(digest);
  if (!match) throw broken(layout, `${JSON.stringify(digest)} is no digest`);
  return join(layout, 'blobs', match[1] ?? '', match[2] ?? '');
}

async function readJson<T>(file: string, name: string): Promise<T> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch (error) {
    throw broken(name, error instanceof Error ? error.message : String(error), error);
  }
}

function broken(name: string, why: string, cause?: unknown): ImageError {
  return new ImageError(`The image ${name} is broken: ${why}`, 'Build it or fetch it again.', { cause });
}
