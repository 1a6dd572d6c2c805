import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { architecture, readImageLayout } from '../../../../runners/payload/source/source-image.ts';
import { temporaryFolder } from '../trees.ts';

const layer = {
  mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
  digest: `sha256:${'1'.repeat(64)}`,
  size: 1,
};
const diffId = `sha256:${'2'.repeat(64)}`;

async function layoutOf(
  config: Record<string, unknown>,
  layers: Record<string, unknown>[] = [layer],
): Promise<string> {
  const layout = await temporaryFolder();
  await mkdir(join(layout, 'blobs/sha256'), { recursive: true });
  const blob = async (content: unknown): Promise<{ digest: string; mediaType: string }> => {
    const text = JSON.stringify(content);
    const hex = createHash('sha256').update(text).digest('hex');
    await writeFile(join(layout, 'blobs/sha256', hex), text);
    return { digest: `sha256:${hex}`, mediaType: '' };
  };
  const manifest = await blob({ config: await blob({ rootfs: { diff_ids: [diffId] }, ...config }), layers });
  await writeFile(join(layout, 'index.json'), JSON.stringify({ manifests: [manifest] }));
  return layout;
}

test('what an image says of its start', async () => {
  const layout = await layoutOf({
    architecture,
    os: 'linux',
    config: {
      Entrypoint: ['/entry'],
      Cmd: ['run'],
      Env: ['A=b=c', 'EMPTY='],
      User: 'www:33',
      WorkingDir: '/srv',
      ExposedPorts: { '8443': {}, '8080/TCP': {}, '53/udp': {}, '9000-9002': {}, '0': {} },
      StopSignal: 'SIGQUIT',
      Volumes: { '/data': {} },
    },
  });
  const { config, layers } = await readImageLayout(layout, 'shop');
  expect(config).toEqual({
    entrypoint: ['/entry'],
    command: ['run'],
    environment: { A: 'b=c', EMPTY: '' },
    user: 'www:33',
    workdir: '/srv',
    tcpPorts: [8080, 8443, 9000, 9001, 9002],
    stopSignal: 'SIGQUIT',
    volumes: ['/data'],
  });
  expect(layers).toMatchObject([{ digest: layer.digest }]);
});

test.each<[string, Record<string, unknown>]>([
  ['nothing', {}],
  ['null', { config: null }],
  ['null of everything', { config: { Env: null, Cmd: null, ExposedPorts: null, Volumes: null, User: null } }],
  ['[""] over the base image’s own', { config: { Entrypoint: [''], Cmd: [''] } }],
])('an image that says %s', async (_, blob) => {
  const { config } = await readImageLayout(await layoutOf(blob), 'shop');
  expect(config).toMatchObject({ entrypoint: [], command: [], environment: {}, user: '', tcpPorts: [] });
});

test('fields are found in any case, as Go finds them', async () => {
  const { config } = await readImageLayout(
    await layoutOf({ config: { entrypoint: ['/e'], user: ' 5 ' } }),
    'shop',
  );
  expect(config).toMatchObject({ entrypoint: ['/e'], user: '5' });
});

test.each<[string, Record<string, unknown>]>([
  ['its Cmd is not a list of texts', { Cmd: '/bin/sh' }],
  ['its Env is not a list of texts', { Env: [1] }],
  ['its User is not a text', { User: 5 }],
  ['its ExposedPorts is not an object', { ExposedPorts: ['80'] }],
])('what no engine could read is broken: %s', async (why, config) => {
  await expect(readImageLayout(await layoutOf({ config }), 'shop')).rejects.toThrow(
    `The image shop is broken: ${why}. Build it`,
  );
});

test.each([
  'application/vnd.example.unknown',
  'application/vnd.oci.image.layer.v1.tar',
  'application/vnd.oci.image.layer.v1.tar+zstd',
  'application/vnd.docker.image.rootfs.diff.tar.gzip',
])('a layer of type %s', async (mediaType) => {
  const { layers } = await readImageLayout(await layoutOf({}, [{ ...layer, mediaType }]), 'shop');
  expect(layers).toHaveLength(1);
});

test.each(['', null, architecture, ...(architecture === 'amd64' ? ['x86_64', 'AMD64', '386'] : ['aarch64'])])(
  'the architecture %j is for this machine',
  async (name) => {
    const layout = await layoutOf({ architecture: name, os: '' });
    expect((await readImageLayout(layout, 'shop')).layers).toHaveLength(1);
  },
);

test('an image for another processor', async () => {
  const reading = readImageLayout(await layoutOf({ architecture: 'riscv64', os: 'linux' }), 'shop');
  await expect(reading).rejects.toMatchObject({ name: 'UnfitImageError' });
  await expect(reading).rejects.toThrow(
    `The image shop is for linux/riscv64, and this machine is linux/${architecture}`,
  );
});

test.each<[string, Record<string, unknown>, Record<string, unknown>[], RegExp]>([
  [
    'an encrypted layer',
    {},
    [{ ...layer, mediaType: `${layer.mediaType}+encrypted` }],
    /has an encrypted layer \(.*\+encrypted\)\. Decrypt it first/,
  ],
  [
    'ten thousand layers',
    {},
    Array.from({ length: 10_000 }, () => layer),
    /has 10000 layers, and engines take no more than 500/,
  ],
  [
    'a digest that is a path',
    {},
    [{ ...layer, digest: 'sha256:../../etc/passwd' }],
    /"sha256:..\/..\/etc\/passwd" is not a digest/,
  ],
])('%s', async (_, config, layers, message) => {
  await expect(readImageLayout(await layoutOf(config, layers), 'shop')).rejects.toThrow(message);
});

test('what is no layout', async () => {
  await expect(readImageLayout(await temporaryFolder(), 'shop')).rejects.toThrow(
    /^The image shop is broken: ENOENT.*Build it or fetch it again/,
  );
});
