/**
 * OCI image layouts that no usual builder makes, and that engines meet all the same: each on a base layer of the test's own.
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { run } from '../../../runners/machine/command.ts';
import { architecture } from '../../../runners/payload/source/source-image.ts';
import { memberBytes, tarOf, type Member } from './tar-writer.ts';

type Json = Record<string, unknown>;

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

const ociLayer = 'application/vnd.oci.image.layer.v1.tar';
const types = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
};

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

export function layer(members: readonly Member[], mediaType = ociLayer): Layer {
  return plain(tarOf(members), mediaType);
}

export function plain(content: Buffer, mediaType = ociLayer): Layer {
  return { blob: content, content, mediaType };
}

export function gzipped(content: Buffer, mediaType = `${ociLayer}+gzip`): Layer {
  return { blob: gzipSync(content), content, mediaType };
}

async function packed(program: string, args: string[], content: Buffer, mediaType: string): Promise<Layer> {
  const { stdout } = await run(program, args, { input: content, output: 'bytes' });
  return { blob: Buffer.from(stdout, 'latin1'), content, mediaType };
}

/** What pzstd writes: each frame behind one that is to be skipped, and that says how long the next is. */
export async function pzstd(content: Buffer): Promise<Layer> {
  const half = Math.ceil(content.length / 2);
  const frames: Buffer[] = [];
  for (const part of [content.subarray(0, half), content.subarray(half)]) {
    const { blob } = await packed('zstd', ['--quiet', '--stdout'], part, '');
    const skipped = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 0, 0, 0, 0]);
    skipped.writeUInt32LE(blob.length, 8);
    frames.push(skipped, blob);
  }
  return { blob: Buffer.concat(frames), content, mediaType: `${ociLayer}+zstd` };
}

const nothing = Buffer.alloc(0);
const added: Member = { name: 'added', content: 'added\n' };

function without(key: string): (object: Json) => Json {
  return (object) => Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}

/** An image of the base and the layers given. */
function over(...layers: Layer[]): (base: Layer) => OddImage {
  return (base) => ({ layers: [base, ...layers] });
}

function members(...list: Member[]): (base: Layer) => OddImage {
  return over(layer(list));
}

function config(change: (config: Json) => unknown): (base: Layer) => OddImage {
  return (base) => ({ layers: [base], config: change });
}

/** Changes to what the configuration says of the start. */
function start(changes: Json): (base: Layer) => OddImage {
  return config((found) => ({ ...found, config: { ...(found['config'] as Json), ...changes } }));
}

function manifest(change: (manifest: Json) => unknown): (base: Layer) => OddImage {
  return (base) => ({ layers: [base], manifest: change });
}

export const oddLayouts: readonly OddLayout[] = [
  { name: 'a usual image', image: over(layer([added])) },
  { name: 'an empty architecture', image: config((found) => ({ ...found, architecture: '' })) },
  { name: 'no architecture at all', image: config(without('architecture')) },
  { name: 'the architecture x86_64', image: config((found) => ({ ...found, architecture: 'x86_64' })) },
  { name: 'an empty operating system', image: config((found) => ({ ...found, os: '' })) },
  {
    name: 'an index of two, the second without a platform',
    image: (base) => ({
      layers: [base],
      index: (index, entry) => ({
        ...index,
        manifests: [entry, { ...entry, annotations: { 'org.opencontainers.image.ref.name': 'other' } }],
      }),
    }),
  },
  { name: 'a first layer of zero bytes', image: (base) => ({ layers: [plain(nothing), base] }) },
  { name: 'a last layer of zero bytes', image: over(plain(nothing)) },
  { name: 'a layer of zero bytes called gzip', image: over(plain(nothing, `${ociLayer}+gzip`)) },
  { name: 'a layer of zero bytes compressed with gzip', image: over(gzipped(nothing)) },
  { name: 'a layer of two empty blocks', image: over(layer([])) },
  { name: 'the same layer twice', image: over(layer([added]), layer([added])) },
  {
    name: 'a layer compressed by pzstd',
    image: async (base) => ({ layers: [base, await pzstd(tarOf([added]))] }),
  },
  {
    name: 'a layer compressed with zstd',
    image: async (base) => ({
      layers: [base, await packed('zstd', ['--quiet', '--stdout'], tarOf([added]), `${ociLayer}+zstd`)],
    }),
  },
  {
    name: 'a layer compressed with xz',
    image: async (base) => ({ layers: [base, await packed('xz', ['--stdout'], tarOf([added]), ociLayer)] }),
  },
  {
    name: 'a layer compressed with bzip2',
    image: async (base) => ({
      layers: [base, await packed('bzip2', ['--stdout'], tarOf([added]), ociLayer)],
    }),
  },
  {
    name: 'gzip in several members',
    image: (base) => {
      const content = tarOf([added, { name: 'more', content: 'm'.repeat(3000) }]);
      const blob = Buffer.concat([gzipSync(content.subarray(0, 700)), gzipSync(content.subarray(700))]);
      return { layers: [base, { blob, content, mediaType: `${ociLayer}+gzip` }] };
    },
  },
  {
    name: 'gzip with zeros behind it',
    image: (base) => {
      const content = tarOf([added]);
      return {
        layers: [
          base,
          {
            blob: Buffer.concat([gzipSync(content), Buffer.alloc(512)]),
            content,
            mediaType: `${ociLayer}+gzip`,
          },
        ],
      };
    },
  },
  {
    name: 'gzip with rubbish behind it',
    image: (base) => {
      const content = tarOf([added]);
      return {
        layers: [
          base,
          {
            blob: Buffer.concat([gzipSync(content), Buffer.from('rubbish'.repeat(20))]),
            content,
            mediaType: `${ociLayer}+gzip`,
          },
        ],
      };
    },
  },
  { name: 'an archive without its end', image: over(plain(tarOf([added], 0))) },
  {
    name: 'an archive with data behind its end',
    image: over(plain(Buffer.concat([tarOf([added]), Buffer.from('tail'.repeat(300))]))),
  },
  {
    name: 'a type of Docker’s',
    image: over(gzipped(tarOf([added]), 'application/vnd.docker.image.rootfs.diff.tar.gzip')),
  },
  {
    name: 'a manifest of Docker’s',
    image: (base) => ({
      layers: [{ ...gzipped(base.content), mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip' }],
      manifest: (found) => ({
        ...found,
        mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
        config: { ...(found['config'] as Json), mediaType: 'application/vnd.docker.container.image.v1+json' },
      }),
    }),
  },
  { name: 'a type that nobody knows', image: over(gzipped(tarOf([added]), 'application/vnd.example.layer')) },
  { name: 'a gzip layer called plain', image: over(gzipped(tarOf([added]), ociLayer)) },
  { name: 'a plain layer called gzip', image: over(plain(tarOf([added]), `${ociLayer}+gzip`)) },
  {
    name: 'a file through a relative link of a lower layer',
    image: members({ name: 'bin/more', content: 'x', mode: 0o755 }),
  },
  {
    name: 'a file through an absolute link of a lower layer',
    image: members({ name: 'data/more', content: 'x' }),
  },
  {
    name: 'a file through a link that leads nowhere',
    image: members({ name: 'nowhere/more', content: 'x' }),
  },
  { name: 'a file through a link to itself', image: members({ name: 'loop/more', content: 'x' }) },
  { name: 'a file through a link that leads out', image: members({ name: 'out/more', content: 'x' }) },
  {
    name: 'a file below a file of a lower layer',
    image: members({ name: 'srv/www/index.html/more', content: 'x' }),
  },
  {
    name: 'a folder in the place of a link',
    image: members({ name: 'bin/', type: 'folder' }, { name: 'bin/own', content: '' }),
  },
  {
    name: 'a name with ..',
    image: members({ name: '../up', content: 'x' }, { name: 'srv/../down', content: 'x' }),
  },
  {
    name: 'absolute names',
    image: members({ name: '/srv/www/absolute', content: 'x' }, { name: '/', type: 'folder' }),
  },
  {
    name: 'a link with .. and its file',
    image: members({ name: 'usr/more', type: 'hardlink', target: '../srv/www/index.html' }),
  },
  {
    name: 'a hard link to a lower layer',
    image: members({ name: 'usr/third', type: 'hardlink', target: 'srv/www/index.html' }),
  },
  {
    name: 'a hard link by an absolute name',
    image: members({ name: 'usr/third', type: 'hardlink', target: '/srv/www/index.html' }),
  },
  { name: 'a hard link to a link', image: members({ name: 'usr/third', type: 'hardlink', target: 'data' }) },
  {
    name: 'a hard link to what is not there',
    image: members({ name: 'usr/third', type: 'hardlink', target: 'srv/missing' }),
  },
  {
    name: 'a member twice',
    image: members({ name: 'twice', content: 'one' }, { name: 'twice', content: 'two' }),
  },
  {
    name: 'a file that becomes a folder in one layer',
    image: members(
      { name: 'turn', content: 'one' },
      { name: 'turn/', type: 'folder' },
      { name: 'turn/in', content: '' },
    ),
  },
  { name: 'a whiteout', image: members({ name: 'srv/www/.wh.index.html', content: '' }) },
  {
    name: 'a whiteout of a folder, and a file in it',
    image: members({ name: 'srv/.wh.www', content: '' }, { name: 'srv/www/new', content: 'n' }),
  },
  {
    name: 'a whiteout behind its own file',
    image: members({ name: 'srv/www/new', content: 'n' }, { name: 'srv/www/.wh.new', content: '' }),
  },
  { name: 'a whiteout of nothing', image: members({ name: 'srv/.wh.nothing', content: '' }) },
  { name: 'a whiteout through a link', image: members({ name: 'data/.wh.index.html', content: '' }) },
  {
    name: 'an opaque folder',
    image: members({ name: 'srv/.wh..wh..opq', content: '' }, { name: 'srv/own', content: 'o' }),
  },
  {
    name: 'an opaque folder said last',
    image: members({ name: 'srv/own', content: 'o' }, { name: 'srv/.wh..wh..opq', content: '' }),
  },
  {
    name: 'an opaque root',
    image: members(
      { name: '.wh..wh..opq', content: '' },
      { name: 'usr/bin/server', content: '', mode: 0o755 },
    ),
  },
  {
    name: 'marks of aufs',
    image: members({ name: '.wh..wh.plnk/', type: 'folder' }, { name: '.wh..wh.aufs', content: '' }),
  },
  {
    name: 'devices and pipes',
    image: members(
      { name: 'dev/', type: 'folder' },
      { name: 'dev/null', type: 'character', device: [1, 3], mode: 0o666 },
      { name: 'dev/disk', type: 'block', device: [259, 70_000] },
      { name: 'dev/zero', type: 'character', device: [0, 0] },
      { name: 'pipe', type: 'fifo' },
    ),
  },
  {
    name: 'a long name of PAX',
    image: members({ name: `long/${'n'.repeat(200)}/${'m'.repeat(250)}`, content: 'x' }),
  },
  {
    name: 'a long name of GNU',
    image: members({ name: `long/${'n'.repeat(200)}/${'m'.repeat(250)}`, content: 'x', isGnu: true }),
  },
  {
    name: 'a name that is no UTF-8',
    image: members({ name: 'not\xffutf8', content: 'x' }, { name: 'caf\xe9/', type: 'folder' }),
  },
  { name: 'a name with a line feed and quotes', image: members({ name: 'a\n"b" \\c', content: 'x' }) },
  {
    name: 'attributes and a capability',
    image: members(
      {
        name: 'usr/bin/capable',
        content: 'x',
        mode: 0o755,
        pax: {
          'SCHILY.xattr.security.capability': Buffer.from('0100000200040000000000000000000000000000', 'hex'),
        },
      },
      { name: 'srv/', type: 'folder', pax: { 'SCHILY.xattr.user.note': 'kept' } },
    ),
  },
  {
    name: 'a sparse file of PAX',
    image: members({
      name: 'sparse',
      content: Buffer.concat([
        Buffer.from('2\n1048576\n512\n3145728\n0\n'.padEnd(512, '\0')),
        Buffer.alloc(512, 'd'),
      ]),
      pax: {
        'GNU.sparse.major': '1',
        'GNU.sparse.minor': '0',
        'GNU.sparse.name': 'sparse',
        'GNU.sparse.realsize': '3145728',
      },
    }),
  },
  {
    name: 'a set-user-ID file and large ids',
    image: members({ name: 'usr/bin/su', content: 'x', mode: 0o6755, uid: 70_000, gid: 4_000_000 }),
  },
  {
    name: 'a folder that is only on the way',
    image: members(
      { name: 'srv/own', content: 'x' },
      { name: 'tmp/own', content: 'x' },
      { name: 'quite/new/way', content: 'x' },
    ),
  },
  { name: 'an unknown type flag', image: members({ name: 'odd', content: 'x', flag: '7' }, added) },
  {
    name: 'a global PAX header',
    image: (base) => ({
      layers: [
        base,
        plain(
          Buffer.concat([
            memberBytes({ name: 'pax_global_header', flag: 'g', content: '20 comment=whatever\n' }),
            tarOf([added]),
          ]),
        ),
      ],
    }),
  },
  { name: 'config: null', image: config((found) => ({ ...found, config: null })) },
  { name: 'no config', image: config(without('config')) },
  {
    name: 'a history with empty layers',
    image: config((found) => ({
      ...found,
      history: [{ created_by: 'x' }, { created_by: 'CMD', empty_layer: true }],
    })),
  },
  { name: 'a history: null', image: config((found) => ({ ...found, history: null })) },
  { name: 'annotations', image: manifest((found) => ({ ...found, annotations: { a: 'b' } })) },
  { name: 'no media type in the manifest', image: manifest(without('mediaType')) },
  { name: 'layers: null', image: () => ({ layers: [], manifest: (found) => ({ ...found, layers: null }) }) },
  { name: 'layers: []', image: () => ({ layers: [] }) },
  { name: 'no layers', image: () => ({ layers: [], manifest: without('layers') }) },
  {
    name: 'layers: [] and diff_ids: null',
    image: () => ({
      layers: [],
      config: (found) => ({ ...found, rootfs: { type: 'layers', diff_ids: null } }),
    }),
  },
  {
    name: 'layers: [] and no rootfs',
    image: () => ({ layers: [], config: without('rootfs') }),
  },
  {
    name: 'a layer that the configuration does not know',
    image: config((found) => ({ ...found, rootfs: { type: 'layers', diff_ids: [] } })),
  },
  {
    name: 'a diff_id of something else',
    image: config((found) => ({
      ...found,
      rootfs: { type: 'layers', diff_ids: [`sha256:${'0'.repeat(64)}`] },
    })),
  },
  { name: 'ENTRYPOINT [""]', image: start({ Entrypoint: [''] }) },
  { name: 'Env: null and Volumes: null', image: start({ Env: null, Volumes: null, ExposedPorts: null }) },
  {
    name: 'several tags of one image',
    image: (base) => ({
      layers: [base],
      index: (index, entry) => ({
        ...index,
        manifests: ['1', '2'].map((tag) => ({
          ...entry,
          annotations: { 'org.opencontainers.image.ref.name': tag },
        })),
      }),
    }),
  },
  {
    name: 'an index entry with an empty platform',
    image: (base) => ({
      layers: [base],
      index: (index, entry) => ({ ...index, manifests: [{ ...entry, platform: {} }] }),
    }),
  },
  {
    name: 'an index without a schema version',
    image: (base) => ({ layers: [base], index: without('schemaVersion') }),
  },
];

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
