import { chmod, mkdir, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sourceKey, type DebianSource } from '../../../../runners/payload/source/source.ts';
import { debianSource } from '../../../../runners/payload/source/packages-source.ts';
import { contextOf, temporaryFolder } from '../trees.ts';

async function source(): Promise<DebianSource> {
  const from = await temporaryFolder();
  await mkdir(join(from, 'sub'));
  await writeFile(join(from, 'sub/page'), 'hello');
  return {
    from: 'debian',
    suite: 'bookworm',
    variant: 'extract',
    packages: ['busybox-static'],
    mirror: null,
    files: [{ from, to: '/srv', mode: 0o644, owner: 'root:root' }],
    remove: ['/etc/apt'],
  };
}

async function keyOf(made: DebianSource): Promise<string> {
  return sourceKey(made, await debianSource.identity(made, contextOf('/nowhere')));
}

const page = (made: DebianSource): string => join(made.files[0]?.from ?? '', 'sub/page');

test.each<[string, (made: DebianSource) => DebianSource | Promise<DebianSource>]>([
  ['suite', (made) => ({ ...made, suite: 'trixie' })],
  ['variant', (made) => ({ ...made, variant: 'minbase' })],
  ['packages', (made) => ({ ...made, packages: [] })],
  ['mirror', (made) => ({ ...made, mirror: 'http://example.org/debian' })],
  ['remove', (made) => ({ ...made, remove: [] })],
  ['mode', (made) => ({ ...made, files: made.files.map((file) => ({ ...file, mode: 0o755 })) })],
  ['owner', (made) => ({ ...made, files: made.files.map((file) => ({ ...file, owner: '1:1' })) })],
  ['place', (made) => ({ ...made, files: made.files.map((file) => ({ ...file, to: '/srw' })) })],
  ['content', (made) => writeFile(page(made), 'hullo').then(() => made)],
  ['name', (made) => rename(page(made), `${page(made)}2`).then(() => made)],
])('the key changes with the %s', async (_, change) => {
  const made = await source();
  const before = await keyOf(made);
  expect(await keyOf(await change(made))).not.toBe(before);
});

test('the key depends neither on times, nor on modes that are not copied, nor on where the files lie', async () => {
  const [one, two] = [await source(), await source()];
  await utimes(page(two), 1, 1);
  await chmod(page(two), 0o600);
  expect(await keyOf(two)).toBe(await keyOf(one));
});

test('an extra file that is not there is named', async () => {
  const made = await source();
  const files = [{ from: '/nowhere/page', to: '/srv/page', mode: 0o644, owner: 'root:root' }];
  await expect(keyOf({ ...made, files })).rejects.toThrow(/extra file \/nowhere\/page.*"from"/s);
});
