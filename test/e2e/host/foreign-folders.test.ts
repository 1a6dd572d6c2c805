/** Folders of other users, which only root can make. */
import { lchown, mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openCache } from '../../../bench/environment/cache-folder.ts';
import { closeToOthers, refuseForeignLinks } from '../../../bench/environment/private-folder.ts';

const stranger = 12_345;

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'tare-foreign-')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('refuses a cache that belongs to another user', async () => {
  const cache = join(folder, 'theirs');
  await mkdir(cache);
  await lchown(cache, stranger, stranger);
  await expect(closeToOthers(cache)).rejects.toThrow(`belongs to the user ${stranger}`);
  await expect(openCache(cache)).rejects.toMatchObject({ exitCode: 2 });
});

it("refuses a run folder that is another user's link, with exit code 2", async () => {
  const link = join(folder, 'run');
  await symlink(folder, link);
  await lchown(link, stranger, stranger);
  await expect(refuseForeignLinks(link)).rejects.toMatchObject({ exitCode: 2 });
});
