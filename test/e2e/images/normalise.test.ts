import { chmod, lstat, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { epochSeconds } from '../../../runners/payload/epoch.ts';
import { normalise, setTimes } from '../../../runners/payload/normalise.ts';
import { digestOf, isRoot, makeTree, pathsBelow, temporaryFolder } from '../../runners/payload/trees.ts';

/** What differs between two machines and two moments. */
async function installedOn(machine: string): Promise<string> {
  const root = await temporaryFolder();
  const files = [
    'etc/hostname',
    'etc/resolv.conf',
    'etc/machine-id',
    'etc/apt/sources.list',
    'etc/passwd-',
    'dev/leftover',
    'run/lock',
    'tmp/scratch',
    'var/log/dpkg.log',
    'var/log/apt/history.log',
    'var/cache/apt/pkgcache.bin',
    'var/cache/ldconfig/aux-cache',
    'var/lib/apt/lists/index',
  ];
  for (const file of files) {
    await mkdir(join(root, file, '..'), { recursive: true });
    await writeFile(join(root, file), machine);
  }
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0::/root:\n');
  await symlink('../README', join(root, 'var/log/README'));
  return root;
}

test.runIf(isRoot)('two installations become one tree with the mount points of every platform', async () => {
  const roots = [await installedOn('one'), await installedOn('two, later')];
  await chmod(join(roots[1] ?? '', 'tmp'), 0o700);
  for (const root of roots) await normalise(root);
  const [first = '', second = ''] = roots;
  expect(await digestOf(first)).toBe(await digestOf(second));
  expect(pathsBelow(first)).toEqual(
    [
      'dev',
      'etc',
      'etc/apt',
      'etc/machine-id',
      'etc/passwd',
      'proc',
      'run',
      'sys',
      'tmp',
      'var',
      'var/cache',
      'var/cache/apt',
      'var/cache/ldconfig',
      'var/lib',
      'var/lib/apt',
      'var/lib/apt/lists',
      'var/log',
      'var/log/README',
      'var/log/apt',
    ].sort(),
  );
  expect(await readFile(join(first, 'etc/machine-id'), 'utf8')).toBe('');
  expect((await lstat(join(first, 'tmp'))).mode & 0o7777).toBe(0o1777);
});

test('every time is the epoch, of links themselves too', async () => {
  const root = await makeTree(await temporaryFolder());
  setTimes(root);
  for (const path of ['', 'plain', 'etc', 'etc/soft']) {
    expect((await lstat(join(root, path))).mtimeMs).toBe(epochSeconds * 1000);
  }
});
