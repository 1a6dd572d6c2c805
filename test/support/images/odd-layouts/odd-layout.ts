/** An OCI image layout that no usual builder makes: a base layer, and what is odd about it. */
import type { Buffer } from 'node:buffer';
import { gzipSync } from 'node:zlib';
import { tarOf, type Member } from '../tar-writer.ts';

export type Json = Record<string, unknown>;

export interface Layer {
  blob: Buffer;
  /** The layer uncompressed, of which the configuration knows the digest. */
  content: Buffer;
  mediaType: string;
  annotations?: Readonly<Record<string, string>>;
}

export interface OddImage {
  layers: readonly Layer[];
  /** Changes to the configuration, the manifest and the index, as they are written. */
  config?: (config: Json) => unknown;
  manifest?: (manifest: Json) => unknown;
  index?: (index: Json, entry: Json) => unknown;
}

export interface OddLayout {
  /** A whole sentence's subject: `a layer of zero bytes`. */
  name: string;
  image: (base: Layer, basis: BaseFiles) => OddImage | Promise<OddImage>;
}

/** What every base layer has; a test on real platforms adds a program. */
export interface BaseFiles {
  config: Json;
}

export const ociLayer = 'application/vnd.oci.image.layer.v1.tar';

export const baseMembers: readonly Member[] = [
  { name: 'etc/', type: 'folder' },
  { name: 'etc/passwd', content: 'root:x:0:0:root:/root:/bin/sh\nwww:x:33:33::/srv/www:/bin/sh\n' },
  { name: 'etc/group', content: 'root:x:0:\nwww:x:33:\nextra:x:44:www\n' },
  { name: 'tmp/', type: 'folder', mode: 0o1777 },
  { name: 'srv/', type: 'folder', mode: 0o711, uid: 33, gid: 33 },
  { name: 'srv/www/', type: 'folder' },
  { name: 'srv/www/index.html', content: 'base\n' },
  { name: 'srv/www/second', type: 'hardlink', target: 'srv/www/index.html' },
  { name: 'usr/bin/', type: 'folder' },
  { name: 'usr/bin/server', content: '#!/bin/sh\n', mode: 0o755 },
  { name: 'bin', type: 'symlink', target: 'usr/bin' },
  { name: 'data', type: 'symlink', target: '/srv/www' },
  { name: 'nowhere', type: 'symlink', target: '/not/there' },
  { name: 'loop', type: 'symlink', target: 'loop' },
  { name: 'out', type: 'symlink', target: '../../../../../../../../tmp/tare-outside' },
];

export const added: Member = { name: 'added', content: 'added\n' };

export function layer(members: readonly Member[], mediaType = ociLayer): Layer {
  return plain(tarOf(members), mediaType);
}

export function plain(content: Buffer, mediaType = ociLayer): Layer {
  return { blob: content, content, mediaType };
}

export function gzipped(content: Buffer, mediaType = `${ociLayer}+gzip`): Layer {
  return { blob: gzipSync(content), content, mediaType };
}

/** An image of the base and the layers given. */
export function over(...layers: Layer[]): (base: Layer) => OddImage {
  return (base) => ({ layers: [base, ...layers] });
}
