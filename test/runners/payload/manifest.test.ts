import { createHash } from 'node:crypto';
import { chmod, chown, link, lstat, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../../../runners/machine/command.ts';
import { readManifest } from '../../../runners/payload/manifest.ts';
import { digestOf, isRoot, makeTree, never, temporaryFolder, touchAll } from './trees.ts';

const changes: [string, (root: string) => Promise<unknown>][] = [
  ['content of the same length', (root) => writeFile(join(root, '.hidden'), 'CONTENT OF .hidden')],
  ['mode', (root) => chmod(join(root, '.hidden'), 0o600)],
  ['set-user-ID bit', (root) => chmod(join(root, 'setuid'), 0o755)],
  ['mode of a folder', (root) => chmod(join(root, 'empty'), 0o700)],
  ['name', (root) => rename(join(root, '.hidden'), join(root, '.hidden2'))],
  ['a new empty folder', (root) => mkdir(join(root, 'empty', 'new'))],
  [
    'target of a link',
    async (root) => {
      await rm(join(root, 'etc', 'soft'));
      await symlink('plain', join(root, 'etc', 'soft'));
    },
  ],
  [
    'a hard link made a copy',
    async (root) => {
      await rm(join(root, 'etc', 'hard'));
      await writeFile(join(root, 'etc', 'hard'), 'content of plain');
    },
  ],
  [
    'a file of the same content made a hard link',
    async (root) => {
      await writeFile(join(root, 'twin'), 'content of plain');
      await rm(join(root, 'twin'));
      await link(join(root, 'plain'), join(root, 'twin'));
    },
  ],
];

const changesByRoot: typeof changes = [
  ['owner', (root) => chown(join(root, 'plain'), 12, 0)],
  ['group', (root) => chown(join(root, 'plain'), 0, 12)],
  [
    'device number',
    async (root) => {
      await rm(join(root, 'null'));
      await run('mknod', [join(root, 'null'), 'c', '1', '5']);
    },
  ],
  [
    'file capability',
    (root) => {
      const capability = '0x0100000200040000000000000000000000000000';
      return run('setfattr', ['-n', 'security.capability', '-v', capability, join(root, 'new\nline')]);
    },
  ],
];

describe('the digest changes with', () => {
  test.each(changes)('%s', changesDigest);
  test.runIf(isRoot).each(changesByRoot)('%s', changesDigest);

  async function changesDigest(_: string, change: (root: string) => Promise<unknown>): Promise<void> {
    const root = await makeTree(await temporaryFolder());
    const before = await digestOf(root);
    await change(root);
    expect(await digestOf(root)).not.toBe(before);
  }
});

test('the digest depends neither on times, nor on the order of creation, nor on the place', async () => {
  const one = await makeTree(await temporaryFolder(), 'forward');
  const two = await makeTree(await temporaryFolder(), 'backward');
  await touchAll(two, 1_000_000_000);
  expect(await digestOf(two)).toBe(await digestOf(one));
});

test('lines are sorted by path and say what each file is', async () => {
  const pieces: string[] = [];
  const tree = await makeTree(await temporaryFolder());
  const manifest = await readManifest(tree, never, { write: (piece) => pieces.push(piece) });
  expect(manifest.digest).toBe(`sha256:${createHash('sha256').update(pieces.join('')).digest('hex')}`);
  const lines = pieces
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { path: string });
  const paths = lines.map(({ path }) => bytesOf(path));
  expect(paths).toEqual(paths.toSorted((a, b) => Buffer.compare(a, b)));
  const byPath = new Map(lines.map((line) => [line.path, line]));
  expect(byPath.get('/etc/hard')).toMatchObject({ type: 'file', mode: '0644', size: 16 });
  expect(byPath.get('/plain')).toEqual({ path: '/plain', type: 'hardlink', target: '/etc/hard' });
  expect(byPath.get('/etc/soft')).toMatchObject({ type: 'symlink', target: '../plain' });
  expect(byPath.get('/setuid')).toMatchObject({ mode: '4755' });
  expect(byPath.get('/new\nline')).toMatchObject({ type: 'file' });
  expect(manifest.files).toBe(lines.length);
  const contents = ['plain', 'a b', 'new\nline', 'back\\slash', 'grüße', '-dash', '.hidden'];
  const contentBytes = contents.reduce((sum, name) => sum + Buffer.byteLength(`content of ${name}`), 0);
  expect(manifest.bytes).toBe(
    contentBytes + '#!/bin/true\n'.length + 'the longest name there is'.length + (3 << 20),
  );
});

/** A name that is no UTF-8 stands in base64 behind a NUL. */
function bytesOf(path: string): Buffer {
  return path.startsWith('\0') ? Buffer.from(path.slice(1), 'base64') : Buffer.from(path);
}

test('a name that is not UTF-8 differs from any that is', async () => {
  const root = await temporaryFolder();
  const bytes = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x61, 0xff, 0xfe])]);
  writeFileSync(bytes, '');
  let text = '';
  await readManifest(root, never, { write: (piece) => (text += piece) });
  const [, line = ''] = text.split('\n');
  expect((JSON.parse(line) as { path: string }).path).toBe('\0L2H//g==');
});

test('a socket is refused by name', async () => {
  const root = await temporaryFolder();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(root, 'daemon.sock'), resolve));
  try {
    expect((await lstat(join(root, 'daemon.sock'))).isSocket()).toBe(true);
    await expect(digestOf(root)).rejects.toThrow(/\/daemon\.sock in the payload is a socket.*"remove"/s);
  } finally {
    server.close();
  }
});

test('an abort ends the reading', async () => {
  const root = await temporaryFolder();
  await writeFile(join(root, 'large'), Buffer.alloc(20 << 20));
  const controller = new AbortController();
  controller.abort('SIGINT');
  await expect(readManifest(root, controller.signal)).rejects.toBeDefined();
});
