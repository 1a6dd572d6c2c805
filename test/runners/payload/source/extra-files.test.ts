import { lstat, mkdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copyExtraFiles } from '../../../../runners/payload/source/extra-files.ts';
import { isRoot, pathsBelow, temporaryFolder } from '../trees.ts';

async function source(): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'web'));
  await writeFile(join(folder, 'web/index.html'), 'hello');
  await symlink('index.html', join(folder, 'web/link'));
  await writeFile(join(folder, 'passwd'), 'web:x:33:34::/srv:\n');
  return folder;
}

describe.runIf(isRoot)('copyExtraFiles', () => {
  test('copies folders whole, with owners of a passwd file copied before', async () => {
    const [root, from] = [await temporaryFolder(), await source()];
    await copyExtraFiles(root, [
      { from: join(from, 'passwd'), to: '/etc/passwd', mode: 0o644, owner: '0:0' },
      { from: join(from, 'web'), to: '/srv/www', mode: 0o640, owner: 'web' },
    ]);
    const page = await lstat(join(root, 'srv/www/index.html'));
    expect([page.mode & 0o7777, page.uid, page.gid]).toEqual([0o640, 33, 34]);
    const folder = await lstat(join(root, 'srv/www'));
    expect([folder.mode & 0o7777, folder.uid]).toEqual([0o750, 33]);
    const parent = await lstat(join(root, 'srv'));
    expect([parent.mode & 0o7777, parent.uid]).toEqual([0o755, 0]);
    expect(await readlink(join(root, 'srv/www/link'))).toBe('index.html');
  });

  test('keeps a set-user-ID bit across the change of owner', async () => {
    const [root, from] = [await temporaryFolder(), await source()];
    await copyExtraFiles(root, [{ from: join(from, 'passwd'), to: '/su', mode: 0o4755, owner: '5:5' }]);
    expect((await lstat(join(root, 'su'))).mode & 0o7777).toBe(0o4755);
  });

  test('replaces a link instead of writing through it, and never leaves the root', async () => {
    const [root, from, outside] = [await temporaryFolder(), await source(), await temporaryFolder()];
    await writeFile(join(outside, 'precious'), 'old');
    await symlink(join(outside, 'precious'), join(root, 'page'));
    await symlink(outside, join(root, 'away'));
    const page = { from: join(from, 'web/index.html'), mode: 0o644, owner: '0:0' };
    await copyExtraFiles(root, [
      { ...page, to: '/page' },
      { ...page, to: '/away/page' },
    ]);
    expect(await readFile(join(outside, 'precious'), 'utf8')).toBe('old');
    expect(pathsBelow(outside)).toEqual(['precious']);
    expect(await readFile(join(root, 'page'), 'utf8')).toBe('hello');
    expect(await readFile(join(root, outside, 'page'), 'utf8')).toBe('hello');
  });

  test('a file in place of a folder and a folder in place of a file are refused by name', async () => {
    const [root, from] = [await temporaryFolder(), await source()];
    await mkdir(join(root, 'srv'));
    await writeFile(join(root, 'file'), '');
    const some = { mode: 0o644, owner: '0:0' };
    const onFolder = copyExtraFiles(root, [{ ...some, from: join(from, 'passwd'), to: '/srv' }]);
    await expect(onFolder).rejects.toThrow(/\/srv is a folder in the payload/);
    const onFile = copyExtraFiles(root, [{ ...some, from: join(from, 'web'), to: '/file' }]);
    await expect(onFile).rejects.toThrow(/\/file in the payload is not a folder/);
  });
});
