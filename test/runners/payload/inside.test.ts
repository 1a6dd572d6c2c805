import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeInside, resolveInside } from '../../../runners/payload/inside.ts';
import { pathsBelow, temporaryFolder } from './trees.ts';

async function root(): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'usr', 'lib'), { recursive: true });
  await symlink('usr/lib', join(folder, 'lib'));
  await symlink('/usr', join(folder, 'absolute'));
  await symlink('../../../../../etc', join(folder, 'usr', 'escape'));
  await symlink('loop', join(folder, 'loop'));
  return folder;
}

test.each([
  ['/lib/x', 'usr/lib/x'],
  ['/absolute/lib', 'usr/lib'],
  ['/usr/escape/passwd', 'etc/passwd'],
  ['/../../etc/passwd', 'etc/passwd'],
  ['/usr/lib/../../lib', 'usr/lib'],
  ['//usr/./lib/', 'usr/lib'],
  ['/', ''],
])('%s is %s below the root', async (path, expected) => {
  const folder = await root();
  expect(await resolveInside(folder, path)).toBe(join(folder, expected));
});

test('the last link is kept on request', async () => {
  const folder = await root();
  expect(await resolveInside(folder, '/absolute/escape', true)).toBe(join(folder, 'usr/escape'));
});

test('a link to itself is an error', async () => {
  await expect(resolveInside(await root(), '/loop/x')).rejects.toThrow(/too many symbolic links/);
});

test('removing a link leaves its target, and removing through a link stays inside', async () => {
  const outside = await temporaryFolder();
  await writeFile(join(outside, 'precious'), '');
  const folder = await root();
  await symlink(outside, join(folder, 'out'));
  await removeInside(folder, '/out/precious');
  await removeInside(folder, '/out');
  await removeInside(folder, '/never/there');
  expect(pathsBelow(outside)).toEqual(['precious']);
  expect(pathsBelow(folder)).not.toContain('out');
});
