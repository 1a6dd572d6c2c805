/** Layers that are packed oddly, or called what they are not. */
import { Buffer } from 'node:buffer';
import { gzipSync } from 'node:zlib';
import { run } from '../../../../runners/machine/command.ts';
import { tarOf } from '../tar-writer.ts';
import {
  added,
  gzipped,
  layer,
  ociLayer,
  over,
  plain,
  type Json,
  type Layer,
  type OddLayout,
} from './odd-layout.ts';

const nothing = Buffer.alloc(0);

export const oddPackings: readonly OddLayout[] = [
  { name: 'a usual image', image: over(layer([added])) },
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
];

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
