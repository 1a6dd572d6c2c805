import { chmod, mkdir, mkdtemp, realpath, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openCache } from '../../../bench/environment/cache-folder.ts';
import { refuseForeignLinks } from '../../../bench/environment/private-folder.ts';

let folder: string;
const me = process.getuid?.() ?? 0;
const stranger = 12_345;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'tare-private-')));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o7777;

it('makes a cache that nobody else may enter, and closes one that was open', async () => {
  const cache = join(folder, 'parent', 'cache');
  await openCache(cache);
  expect(await modeOf(cache)).toBe(0o700);
  await chmod(cache, 0o755);
  await openCache(cache);
  expect(await modeOf(cache)).toBe(0o700);
});

it('closes an empty folder that is to become the cache', async () => {
  const cache = join(folder, 'given');
  await mkdir(cache, { mode: 0o777 });
  await openCache(cache);
  expect(await modeOf(cache)).toBe(0o700);
});

it('refuses to write through a link of somebody it does not trust, wherever in the path it is', async () => {
  await mkdir(join(folder, 'target', 'runs'), { recursive: true });
  const link = join(folder, 'link');
  await symlink(join(folder, 'target'), link);
  const others = new Set([stranger]);
  for (const path of [link, join(link, 'runs'), join(link, 'runs', 'not-there-yet')]) {
    await expect(refuseForeignLinks(path, others)).rejects.toThrow(
      `${link} is a symbolic link of the user ${me}`,
    );
    await expect(refuseForeignLinks(path)).resolves.toBeUndefined();
  }
});
