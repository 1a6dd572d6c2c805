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
      ExposedPorts: { '8443': {}, '8080/tcp': {}, '53/udp': {} },
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
    tcpPorts: [8080, 8443],
    stopSignal: 'SIGQUIT',
    volumes: ['/data'],
  });
  expect(layers).toMatchObject([{ digest: layer.digest, diffId }]);
});

test('an image that says nothing', async () => {
  const { config } = await readImageLayout(await layoutOf({ config: { Env: null, Cmd: null } }), 'shop');
  expect(config).toMatchObject({ entrypoint: [], command: [], environment: {}, user: '', tcpPorts: [] });
});

test.each([
  'application/vnd.oci.image.layer.v1.tar',
  'application/vnd.oci.image.layer.v1.tar+zstd',
  'application/vnd.docker.image.rootfs.diff.tar.gzip',
])('a layer of type %s', async (mediaType) => {
  const { layers } = await readImageLayout(await layoutOf({}, [{ ...layer, mediaType }]), 'shop');
  expect(layers).toHaveLength(1);
});

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
    /of type .*\+encrypted, which is none of/,
  ],
  ['a layer too many', {}, [layer, layer], /it has 2 layers, and its configuration knows 1/],
  [
    'a digest that is a path',
    {},
    [{ ...layer, digest: 'sha256:../../etc/passwd' }],
    /"sha256:..\/..\/etc\/passwd" is no digest/,
  ],
])('%s', async (_, config, layers, message) => {
  await expect(readImageLayout(await layoutOf(config, layers), 'shop')).rejects.toThrow(message);
});

test('what is no layout', async () => {
  await expect(readImageLayout(await temporaryFolder(), 'shop')).rejects.toThrow(
    /^The image shop is broken: ENOENT.*Build it or fetch it again/,
  );
});
