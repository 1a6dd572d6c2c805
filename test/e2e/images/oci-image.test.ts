import { createHash, randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { run } from '../../../runners/machine/command.ts';
import {
  packOciImage,
  unpackOciImage,
  type ImageConfig,
} from '../../../runners/payload/oci-image/oci-image.ts';
import {
  contextOf,
  digestOf,
  isRoot,
  makeTree,
  pathsBelow,
  payloadOf,
  temporaryFolder,
  touchAll,
} from '../../runners/payload/trees.ts';

const config: ImageConfig = {
  command: ['/bin/serve', '-p', '8080'],
  environment: { LANG: 'C.UTF-8', GREETING: 'grüße' },
  user: 'web',
  workdir: '/srv',
  port: 8080,
  stopSignal: 'SIGTERM',
};

async function blob(layout: string, digest: string): Promise<Buffer> {
  const content = await readFile(join(layout, 'blobs/sha256', digest.replace('sha256:', '')));
  expect(`sha256:${createHash('sha256').update(content).digest('hex')}`).toBe(digest);
  return content;
}

test('the same payload gives the same bytes, whatever its times and the order of its folders', async () => {
  const images = [];
  for (const order of ['forward', 'backward'] as const) {
    const root = await makeTree(await temporaryFolder(), order);
    if (order === 'backward') await touchAll(root, 1_000_000_000);
    images.push(await packOciImage(await payloadOf(root), config, contextOf(await temporaryFolder())));
  }
  const [one, two] = images;
  expect(two?.diffId).toBe(one?.diffId);
  expect(two?.manifests.gzip.digest).toBe(one?.manifests.gzip.digest);
  expect(two?.manifests.zstd.digest).toBe(one?.manifests.zstd.digest);
});

interface Descriptor {
  digest: string;
  size: number;
  annotations?: Record<string, string>;
}

test('index, manifests, configuration and sizes agree', async () => {
  const payload = await payloadOf(await makeTree(await temporaryFolder()));
  const image = await packOciImage(payload, config, contextOf(await temporaryFolder()));
  const index = JSON.parse(await readFile(join(image.layout, 'index.json'), 'utf8')) as {
    manifests: Descriptor[];
  };
  expect(index.manifests.map((entry) => entry.annotations)).toEqual([
    { 'org.opencontainers.image.ref.name': 'gzip' },
    { 'org.opencontainers.image.ref.name': 'zstd' },
  ]);
  for (const entry of index.manifests) {
    const text = await blob(image.layout, entry.digest);
    expect(text.length).toBe(entry.size);
    const manifest = JSON.parse(text.toString()) as { config: Descriptor; layers: [Descriptor] };
    const [layer] = manifest.layers;
    const configText = await blob(image.layout, manifest.config.digest);
    const layerBytes = (await blob(image.layout, layer.digest)).length;
    expect([configText.length, layerBytes]).toEqual([manifest.config.size, layer.size]);
    const name = entry.annotations?.['org.opencontainers.image.ref.name'] === 'gzip' ? 'gzip' : 'zstd';
    expect(image.manifests[name]).toMatchObject({
      digest: entry.digest,
      transferBytes: text.length + configText.length + layerBytes,
    });
    expect(JSON.parse(configText.toString())).toMatchObject({
      os: 'linux',
      config: {
        User: 'web',
        Env: ['LANG=C.UTF-8', 'GREETING=grüße'],
        Entrypoint: ['/bin/serve'],
        Cmd: ['-p', '8080'],
        WorkingDir: '/srv',
        ExposedPorts: { '8080/tcp': {} },
        StopSignal: 'SIGTERM',
      },
      rootfs: { type: 'layers', diff_ids: [image.diffId] },
    });
  }
  expect(image.unpackedBytes).toBe(payload.bytes);
});

test('the layer holds links, modes and devices as they are, and no time but the epoch', async () => {
  const payload = await payloadOf(await makeTree(await temporaryFolder()));
  const image = await packOciImage(payload, config, contextOf(await temporaryFolder()));
  const { file } = image.manifests.gzip.layer;
  const env = { TZ: 'UTC', LC_ALL: 'C' };
  const listed = await run('tar', ['-tvzf', file, '--full-time', '--numeric-owner'], { env });
  const lines = listed.stdout.split('\n');
  const line = (name: string): string | undefined => lines.find((text) => text.includes(` ${name}`));
  expect(line('./plain')).toMatch(/^h.* link to \.\/etc\/hard$/);
  expect(line('./etc/soft')).toMatch(/^l.* -> \.\.\/plain$/);
  expect(line('./setuid')).toMatch(/^-rwsr-xr-x /);
  if (isRoot) expect(line('./null')).toMatch(/^crw.* 1,3 /);
  expect(line('./new\\nline')).toBeDefined();
  for (const text of lines) expect(text).toContain(' 2023-11-14 22:13:20 ');
  const names = lines.map((text) => / 22:13:20 \.\/(.*?)\/?( -> .*| link to .*)?$/.exec(text)?.[1] ?? '?');
  const top = names.filter((name) => name !== '' && !name.includes('/'));
  expect(top.length).toBeGreaterThan(9);
  expect(top).toEqual(top.toSorted());
  const tar = gunzipSync(await readFile(file)).toString('latin1');
  expect(tar).not.toMatch(/\d+ (atime|ctime|mtime)=/);
});

test('another configuration is another image over the same blobs', async () => {
  const payload = await payloadOf(await makeTree(await temporaryFolder()));
  const context = contextOf(await temporaryFolder());
  const one = await packOciImage(payload, config, context);
  const two = await packOciImage(payload, { ...config, user: 'other' }, context);
  expect(two.manifests.gzip.digest).not.toBe(one.manifests.gzip.digest);
  const inodes = await Promise.all([one, two].map((image) => stat(image.manifests.gzip.layer.file)));
  expect(inodes[1]?.ino).toBe(inodes[0]?.ino);
});

test.runIf(isRoot)('unpacking gives the payload again', async () => {
  const payload = await payloadOf(await makeTree(await temporaryFolder()));
  const context = contextOf(await temporaryFolder());
  const { root } = await unpackOciImage(await packOciImage(payload, config, context), context);
  expect(await digestOf(root)).toBe(payload.digest);
});

test.each([
  ['cut short', (content: Buffer) => content.subarray(0, content.length - 10)],
  ['empty', () => Buffer.alloc(0)],
  ['another valid one', () => Buffer.from('28b52ffd0458010000999ce9d851', 'hex')],
])('a blob that is %s is refused, and nothing is left', async (_, damage) => {
  const payload = await payloadOf(await makeTree(await temporaryFolder()));
  const context = contextOf(await temporaryFolder());
  const image = await packOciImage(payload, config, context);
  const { file } = image.manifests.zstd.layer;
  const content = await readFile(file);
  await writeFile(file, damage(content));
  await expect(unpackOciImage(image, context)).rejects.toMatchObject({ name: 'ProgramError' });
  expect(pathsBelow(join(context.cache, 'bundles'))).toEqual([]);
});

test('content that is not what the configuration names is refused', async () => {
  const payload = await payloadOf(await makeTree(await temporaryFolder()));
  const context = contextOf(await temporaryFolder());
  const image = await packOciImage(payload, config, context);
  const other = { ...image, diffId: `sha256:${'0'.repeat(64)}` };
  await expect(unpackOciImage(other, context)).rejects.toThrow(/is damaged: its digest differs/);
});

test('an abort while packing leaves nothing', async () => {
  const root = await temporaryFolder();
  // Random, so that compressing it takes a while.
  await writeFile(join(root, 'large'), randomBytes(32 << 20));
  const payload = await payloadOf(root);
  const controller = new AbortController();
  const context = contextOf(await temporaryFolder(), controller.signal);
  const packing = packOciImage(payload, config, {
    ...context,
    log: {
      ...context.log,
      progress: () =>
        setTimeout(() => {
          controller.abort('SIGINT');
        }, 50),
    },
  });
  await expect(packing).rejects.toBe('SIGINT');
  expect(pathsBelow(join(context.cache, 'oci', payload.digest.replace('sha256:', '')))).toEqual([]);
});
