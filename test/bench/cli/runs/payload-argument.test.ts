import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { payloadArgument } from '../../../../bench/cli/runs/payload-argument.ts';
import { run } from '../../../../runners/machine/command.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-payload-argument-'));
  for (const path of ['layout', 'Shop App', 'my shop & (ü)', 'root/bin', 'saved', 'oci'])
    await mkdir(join(folder, path), { recursive: true });
  for (const path of [
    'layout/oci-layout',
    'Shop App/Containerfile',
    'Shop App/api.Dockerfile',
    'my shop & (ü)/Containerfile',
    'root/bin/server',
    'saved/manifest.json',
    'saved/oci-layout',
    'oci/oci-layout',
    'text.txt',
    'mine.yaml',
  ]) {
    await writeFile(join(folder, path), 'text\n');
  }
  for (const kind of ['root', 'saved', 'oci'])
    await run('tar', ['-C', join(folder, kind), '-cf', join(folder, `${kind}.tar`), '.']);
  await run('tar', ['-C', join(folder, 'saved'), '-czf', join(folder, 'saved.tar.gz'), 'manifest.json']);
});

afterAll(() => rm(folder, { recursive: true }));

const read = (text: string) => payloadArgument(text, folder, folder);

describe('what stands in place of a scenario', () => {
  it.each([
    ['layout', 'layout', { from: 'oci', image: 'oci:./layout' }],
    ['oci:layout:v1', 'layout', { from: 'oci', image: 'oci:./layout:v1' }],
    ['saved.tar', 'saved', { from: 'oci', image: 'docker-archive:./saved.tar' }],
    ['saved.tar.gz', 'saved', { from: 'oci', image: 'docker-archive:./saved.tar.gz' }],
    ['oci.tar', 'oci', { from: 'oci', image: 'oci-archive:./oci.tar' }],
    ['oci-archive:oci.tar:a/b', 'oci', { from: 'oci', image: 'oci-archive:./oci.tar:a/b' }],
    ['docker://ghcr.io/team/shop:1.2', 'shop', { from: 'oci', image: 'docker://ghcr.io/team/shop:1.2' }],
    ['docker-daemon:shop:dev', 'shop', { from: 'oci', image: 'docker-daemon:shop:dev' }],
    ['Shop App', 'shop-app', { from: 'containerfile', context: './Shop App' }],
    ['my shop & (ü)', 'my-shop', { from: 'containerfile', context: './my shop & (ü)' }],
    [
      './Shop App/Containerfile',
      'shop-app',
      { from: 'containerfile', context: './Shop App', file: './Shop App/Containerfile' },
    ],
    [
      'Shop App/api.Dockerfile',
      'shop-app',
      { from: 'containerfile', context: './Shop App', file: './Shop App/api.Dockerfile' },
    ],
  ])('%s is an image', async (text, name, rootfs) => {
    expect(await read(text)).toEqual({ name, rootfs, isImage: true });
  });

  it.each([
    ['root', 'root', { from: 'directory', path: './root' }],
    ['root.tar', 'root', { from: 'tar', path: './root.tar' }],
  ])('%s is a root filesystem, which says nothing of a start', async (text, name, rootfs) => {
    expect(await read(text)).toEqual({ name, rootfs, isImage: false });
  });

  it.each(['', 'mine.yaml', 'tomcat', 'tomcta', './none.yml'])('%s names a scenario', async (text) => {
    expect(await read(text)).toBeNull();
  });

  it.each([
    ['nowhere.tar', /^no such file or folder: nowhere\.tar; expected a scenario/],
    ['nowhere.tar.zst', /^no such file or folder: nowhere\.tar\.zst; /],
    ['nowhere/', /^no such file or folder: nowhere\/; expected a scenario/],
    ['./nowhere', /^no such file or folder: \.\/nowhere; /],
    ['/nowhere/at.all', /^no such file or folder: \/nowhere\/at\.all; /],
    ['Containerfile', /^no such file or folder: Containerfile; /],
    ['team/shop', /^no such file or folder: team\/shop; .* docker:\/\/docker\.io\/team\/shop /],
    ['ghcr.io/team/shop', /docker:\/\/ghcr\.io\/team\/shop \(of a registry\)/],
  ])('%s is not there', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it('a path outside of the scenario’s folder is absolute', async () => {
    const found = await payloadArgument('root', folder, join(folder, 'layout'));
    expect(found?.rootfs).toEqual({ from: 'directory', path: join(folder, 'root') });
  });

  it.each([
    ['nginx:1.27', /docker:\/\/docker\.io\/library\/nginx:1\.27 .* docker-daemon:nginx:1\.27/],
    ['team/shop:1', /docker:\/\/docker\.io\/team\/shop:1 /],
    ['ghcr.io/team/shop:1', /docker:\/\/ghcr\.io\/team\/shop:1 /],
    ['localhost:5000/shop:1', /docker:\/\/localhost:5000\/shop:1 /],
    [
      'redis',
      /unknown scenario "redis"; .* docker:\/\/docker\.io\/library\/redis .* docker-daemon:redis:latest/,
    ],
    ['text.txt', /neither a scenario \(a \.yaml file\) nor an archive/],
    ['oci:none', /no such file or folder: .*none/],
    ['docker://UPPER', /names no image/],
  ])('%s is refused, with what would be right', async (text, words) => {
    await expect(read(text)).rejects.toThrow(words);
  });
});
