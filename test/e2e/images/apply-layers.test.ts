/** Layers made by tar, put on each other and looked at. Needs root: owners and devices are part of it. */
import { createHash } from 'node:crypto';
import { chmod, link, lstat, mkdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../../../runners/machine/command.ts';
import { applyLayers } from '../../../runners/payload/layer/apply-layers.ts';
import { limitsOf } from '../../../runners/payload/limits.ts';
import type { SourceLayer } from '../../../runners/payload/source/source-image.ts';
import {
  contextOf,
  isRoot,
  makeTree,
  digestOf,
  pathsBelow,
  temporaryFolder,
} from '../../runners/payload/trees.ts';

type Compression = 'none' | 'gzip' | 'zstd';
type Files = Record<string, string>;

/** A layer of the files given, by path; a path that ends in `/` is a folder that the layer lists. */
async function layerOf(files: Files, compression: Compression = 'none'): Promise<SourceLayer> {
  const folder = await temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, path.endsWith('/') ? '' : '..'), { recursive: true });
    if (!path.endsWith('/')) await writeFile(join(folder, path), content);
  }
  return await pack(folder, compression, Object.keys(files).map(asBytes));
}

/** Text of one character a byte. */
function asBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/**
 * @param members paths of one character a byte
 * @param without is packed first and then taken out of the archive again
 */
async function pack(
  folder: string,
  compression: Compression,
  members: string[],
  without?: string,
): Promise<SourceLayer> {
  const tar = `${await temporaryFolder()}/layer.tar`;
  const how = ['--format=posix', '--xattrs', '--sparse', '--no-recursion', '--null', '--verbatim-files-from'];
  const input = Buffer.from(members.join('\0'), 'latin1');
  await run('tar', ['--create', `--file=${tar}`, `--directory=${folder}`, ...how, '--files-from=-'], {
    input,
  });
  if (without !== undefined) await run('tar', ['--delete', `--file=${tar}`, without]);
  if (compression === 'gzip') await run('pigz', ['--keep', tar]);
  if (compression === 'zstd') await run('zstd', ['--quiet', tar]);
  const file = { none: tar, gzip: `${tar}.gz`, zstd: `${tar}.zst` }[compression];
  return { file, digest: await digest(file) };
}

async function digest(file: string): Promise<string> {
  return `sha256:${createHash('sha256')
    .update(await readFile(file))
    .digest('hex')}`;
}

async function apply(...layers: SourceLayer[]): Promise<string> {
  const work = await temporaryFolder();
  const root = join(work, 'root');
  await applyLayers(layers, 'shop', { root, limits: limitsOf({}) }, contextOf(work));
  return root;
}

async function filesAfter(...layers: Files[]): Promise<string[]> {
  const root = await apply(...(await Promise.all(layers.map((files) => layerOf(files)))));
  return pathsBelow(root).sort();
}

describe.runIf(isRoot)('layers on each other', () => {
  test('a file of an upper layer takes the place of a lower one, whatever that was', async () => {
    const root = await apply(
      await layerOf({ 'a/x': 'lower', 'a/y': 'lower', b: 'lower', 'c/d': 'lower' }, 'gzip'),
      await layerOf({ 'a/x': 'upper', 'b/inside': 'upper', c: 'upper' }, 'zstd'),
    );
    expect(pathsBelow(root).sort()).toEqual(['a', 'a/x', 'a/y', 'b', 'b/inside', 'c']);
    expect(await readFile(join(root, 'a/x'), 'utf8')).toBe('upper');
    expect(await readFile(join(root, 'a/y'), 'utf8')).toBe('lower');
  });

  test('a whiteout removes a file or a whole folder of the layers below, and nothing of its own', async () => {
    expect(
      await filesAfter(
        { 'a/x': '', 'a/y': '', 'b/c/d': '', 'b/e': '', 'z/kept': '' },
        { 'a/.wh.x': '', 'b/.wh.c': '', 'b/c/new': '', '.wh.z': '' },
      ),
    ).toEqual(['a', 'a/y', 'b', 'b/c', 'b/c/new', 'b/e']);
  });

  test('a whiteout holds for the layers below it alone: a later layer may bring the file back', async () => {
    expect(await filesAfter({ 'a/x': '1' }, { 'a/.wh.x': '' }, { 'a/x': '3' })).toEqual(['a', 'a/x']);
    expect(await filesAfter({ 'a/x': '1' }, { 'a/x': '2' }, { 'a/.wh.x': '' })).toEqual(['a']);
  });

  test('an opaque folder hides all below it; markers without anything to hide leave no trace', async () => {
    expect(
      await filesAfter(
        { 'a/x': '', 'a/b/y': '', 'c/z': '' },
        { 'a/.wh..wh..opq': '', 'a/own': '', 'n/.wh.nothing': '', 'c/.wh..wh.plnk': '' },
      ),
    ).toEqual(['a', 'a/own', 'c', 'c/z', 'n']);
    expect(await filesAfter({ x: '' }, { '.wh..wh..opq': '', y: '' })).toEqual(['y']);
  });

  test('a folder that a layer lists gets its mode, one that it only passes through keeps the lower one', async () => {
    const folder = await temporaryFolder();
    for (const name of ['listed', 'passed']) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, 'new'), '');
    }
    await chmod(join(folder, 'listed'), 0o711);
    const upper = await pack(folder, 'none', ['listed', 'listed/new', 'passed/new']);
    const lowerFolder = await temporaryFolder();
    for (const name of ['listed', 'passed']) {
      await mkdir(join(lowerFolder, name, 'old'), { recursive: true });
      await chmod(join(lowerFolder, name), 0o2770);
    }
    await run('setfattr', ['-n', 'user.note', '-v', 'kept', join(lowerFolder, 'passed')]);
    const names = ['listed', 'listed/old', 'passed', 'passed/old'];
    const root = await apply(await pack(lowerFolder, 'none', names), upper);
    const mode = async (name: string): Promise<number> => (await lstat(join(root, name))).mode & 0o7777;
    expect([await mode('listed'), await mode('passed')]).toEqual([0o711, 0o2770]);
    expect(pathsBelow(root).sort()).toEqual(
      ['listed', 'listed/new', 'listed/old', 'passed', 'passed/new', 'passed/old'].sort(),
    );
    const { stdout } = await run('getfattr', ['--only-values', '-n', 'user.note', join(root, 'passed')]);
    expect(stdout).toBe('kept');
  });

  test('hard links, holes, set-user-ID, devices, pipes, attributes and odd names arrive as they are', async () => {
    const tree = await makeTree(await temporaryFolder());
    await run('setfattr', [
      '-n',
      'security.capability',
      '-v',
      '0x0100000200040000000000000000000000000000',
      join(tree, 'plain'),
    ]);
    const layer = await pack(tree, 'zstd', pathsBelow(tree, 'latin1'));
    const root = await apply(
      await layerOf({ 'etc/lower': '', empty: 'a file' }),
      layer,
      await layerOf({ 'etc/.wh.lower': '' }),
    );
    await chmod(root, (await lstat(tree)).mode & 0o7777);
    await chmod(join(root, 'etc'), (await lstat(join(tree, 'etc'))).mode & 0o7777);
    expect(await digestOf(root)).toBe(await digestOf(tree));
    const sparse = await lstat(join(root, 'sparse'));
    expect(sparse.blocks * 512).toBeLessThan(sparse.size / 2);
  });

  test('a link in a lower layer leads no file of an upper one out of the root', async () => {
    const outside = await temporaryFolder();
    const folder = await temporaryFolder();
    await symlink(outside, join(folder, 'escape'));
    const root = await apply(await pack(folder, 'none', ['escape']), await layerOf({ 'escape/file': 'x' }));
    expect(pathsBelow(outside)).toEqual([]);
    expect((await lstat(join(root, 'escape'))).isDirectory()).toBe(true);
  });

  test('a link within one layer leads no file of that layer out of the root either', async () => {
    const outside = await temporaryFolder();
    const one = await temporaryFolder();
    await symlink(outside, join(one, 'escape'));
    const two = await temporaryFolder();
    await mkdir(join(two, 'escape'));
    await writeFile(join(two, 'escape', 'file'), 'x');
    const tar = join(await temporaryFolder(), 'layer.tar');
    await run('tar', ['--create', `--file=${tar}`, `--directory=${one}`, 'escape']);
    await run('tar', ['--append', `--file=${tar}`, `--directory=${two}`, 'escape/file']);
    await apply({ file: tar, digest: await digest(tar) }).catch(() => null);
    expect(pathsBelow(outside)).toEqual([]);
  });

  test('a hard link to a file that only a lower layer has is a name of that file', async () => {
    const lower = await layerOf({ 'a "quoted" link to/grüße': 'shared', 'etc/': '', 'etc/old': '' });
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'etc'));
    await mkdir(join(folder, 'a "quoted" link to'));
    const target = 'a "quoted" link to/grüße';
    await writeFile(join(folder, target), '');
    for (const name of ['etc/new', 'up\nhere']) await link(join(folder, target), join(folder, name));
    const members = [target, 'etc/new', 'up\nhere'].map(asBytes);
    const root = await apply(lower, await pack(folder, 'zstd', members, target));
    const { ino, nlink } = await lstat(join(root, target));
    expect(nlink).toBe(3);
    for (const name of ['etc/new', 'up\nhere']) expect((await lstat(join(root, name))).ino).toBe(ino);
    expect(await readFile(join(root, 'etc/new'), 'utf8')).toBe('shared');
    expect(pathsBelow(root)).toContain('etc/old');
  });

  test('such a link goes through no symbolic link, and a layer whose file no layer has is broken', async () => {
    const outside = await temporaryFolder();
    await writeFile(join(outside, 'secret'), 'x');
    const lowerFolder = await temporaryFolder();
    await symlink(outside, join(lowerFolder, 'escape'));
    const lower = await pack(lowerFolder, 'none', ['escape']);
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'escape'));
    await writeFile(join(folder, 'escape/secret'), '');
    await link(join(folder, 'escape/secret'), join(folder, 'b'));
    const upper = await pack(folder, 'none', ['escape/secret', 'b'], 'escape/secret');
    const why = /is broken in layer \d of \d .*hard link to a file that no layer has/s;
    await expect(apply(lower, upper)).rejects.toThrow(why);
    await expect(apply(upper)).rejects.toThrow(why);
    expect((await lstat(join(outside, 'secret'))).nlink).toBe(1);
  });

  test('what goes up through a relative link stays inside', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'usr/bin'), { recursive: true });
    await symlink('usr/bin', join(folder, 'bin'));
    const root = await apply(await pack(folder, 'none', ['usr', 'usr/bin', 'bin']));
    expect(await readlink(join(root, 'bin'))).toBe('usr/bin');
  });
});

describe.runIf(isRoot)('a broken layer is named', () => {
  test.each<[string, (layer: SourceLayer) => Promise<Partial<SourceLayer>>, RegExp]>([
    ['cut off', (layer) => cut(layer.file), /pigz|unexpected end|corrupt/i],
    ['no archive', (layer) => rubbish(layer.file), /invalid tar header/],
  ])('%s', async (_, breakIt, why) => {
    const good = await layerOf({ a: 'x'.repeat(100_000) }, 'gzip');
    const bad = { ...good, ...(await breakIt(good)) };
    const attempt = apply(await layerOf({ b: '' }), bad);
    await expect(attempt).rejects.toThrow(
      /^The image shop is broken in layer 2 of 2 \(sha256:[0-9a-f]+\): .*Build it or fetch it again/s,
    );
    await expect(attempt).rejects.toThrow(why);
  });

  async function cut(file: string): Promise<Partial<SourceLayer>> {
    const whole = await readFile(file);
    await writeFile(file, whole.subarray(0, whole.length / 2));
    return { digest: await digest(file) };
  }

  async function rubbish(file: string): Promise<Partial<SourceLayer>> {
    await writeFile(file, 'rubbish'.repeat(1000));
    return { digest: await digest(file) };
  }
});
