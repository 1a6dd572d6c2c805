import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../../runners/machine/command.ts';
import { makeEntry, writeEntry } from '../../../runners/payload/cache-entry.ts';
import { pathsBelow, temporaryFolder } from './trees.ts';

async function fill(folder: string, content: string): Promise<void> {
  await mkdir(folder);
  await writeFile(join(folder, 'content'), content);
}

test('of two builders at the same time both succeed and one result stays', async () => {
  const cache = await temporaryFolder();
  const entry = join(cache, 'things', 'one');
  let waiting = 0;
  let release = (): void => undefined;
  const both = new Promise<void>((resolve) => (release = resolve));
  const build = (content: string) => async (temporary: string) => {
    waiting += 1;
    if (waiting === 2) release();
    await both;
    await fill(temporary, content);
  };
  await Promise.all([makeEntry(entry, build('a')), makeEntry(entry, build('b'))]);
  expect(waiting).toBe(2);
  expect(['a', 'b']).toContain(await readFile(join(entry, 'content'), 'utf8'));
  expect(pathsBelow(cache)).toEqual(['things', 'things/one', 'things/one/content']);
});

test('an entry that exists is not built again', async () => {
  const entry = join(await temporaryFolder(), 'one');
  await makeEntry(entry, (temporary) => fill(temporary, 'first'));
  await makeEntry(entry, () => Promise.reject(new Error('built twice')));
  expect(await readFile(join(entry, 'content'), 'utf8')).toBe('first');
});

test('a build that fails leaves nothing and its error comes through', async () => {
  const cache = await temporaryFolder();
  const failing = makeEntry(join(cache, 'one'), async (temporary) => {
    await fill(temporary, 'half');
    throw new Error('no more');
  });
  await expect(failing).rejects.toThrow('no more');
  expect(pathsBelow(cache)).toEqual([]);
});

test('what a killed builder left is removed, what a living one or another machine builds is not', async () => {
  const cache = await temporaryFolder();
  const { stdout } = await run('sh', ['-c', 'echo $$']);
  const dead = `.unfinished-${hostname()}-${stdout}-aa`;
  const alive = `.unfinished-${hostname()}-${process.pid}-bb`;
  const elsewhere = `.unfinished-other.${hostname()}-${stdout}-cc`;
  for (const name of [dead, alive, elsewhere]) await fill(join(cache, name), '');
  await writeEntry(join(cache, 'one'), 'text');
  const names = pathsBelow(cache).filter((name) => !name.includes('/'));
  expect(names).toEqual([alive, elsewhere, 'one'].sort());
});
