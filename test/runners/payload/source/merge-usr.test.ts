import { mkdir, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { linkIntoUsr, needsLinks } from '../../../../runners/payload/source/merge-usr.ts';
import { temporaryFolder } from '../trees.ts';

test.each([
  ['trixie', 'extract', true],
  ['sid', 'extract', true],
  ['bookworm', 'extract', false],
  ['trixie', 'minbase', false],
])('links for %s, %s: %s', (suite, variant, expected) => {
  expect(needsLinks({ suite, variant })).toBe(expected);
});

test('links the old places into /usr, where a package has not made them', async () => {
  const root = await temporaryFolder();
  for (const path of ['usr/lib64', 'usr/bin', 'usr/sbin', 'sbin'])
    await mkdir(join(root, path), { recursive: true });
  await linkIntoUsr(root);
  expect(await readlink(join(root, 'lib64'))).toBe('usr/lib64');
  expect(await readlink(join(root, 'bin'))).toBe('usr/bin');
  expect(await readdir(join(root, 'sbin'))).toEqual([]);
  expect((await readdir(root)).sort()).toEqual(['bin', 'lib64', 'sbin', 'usr']);
});
