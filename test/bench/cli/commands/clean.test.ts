import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCache } from '../../../../bench/environment/cache-folder.ts';
import { cleanCommand } from '../../../../bench/cli/commands/clean.ts';
import { openLease } from '../../../../runners/machine/lease/lease.ts';
import { testContext, type TestContext } from '../../../support/context.ts';

let folder: string;
let context: TestContext;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-clean-'));
  context = testContext(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The lease of a run whose owner is gone: no process began before the machine did. */
async function deadLease(entry: object): Promise<string> {
  const leases = join(context.folders.state, 'leases');
  await mkdir(leases, { recursive: true });
  const owner = { runId: 'dead01', pid: 1, startTicks: '-1', bootId: 'an earlier boot' };
  const file = join(leases, 'dead01.ndjson');
  await writeFile(file, `${JSON.stringify(owner)}\n${JSON.stringify({ add: entry })}\n`);
  return file;
}

describe('tare clean', () => {
  it('removes what a dead run left, with its lease', async () => {
    const left = join(folder, 'left');
    await mkdir(join(left, 'deep'), { recursive: true });
    await deadLease({ kind: 'folder', path: left });
    expect(await cleanCommand({}, context)).toBe(0);
    expect(await readdir(folder)).not.toContain('left');
    expect(await readdir(join(context.folders.state, 'leases'))).toEqual([]);
    expect(context.out()).toContain('run dead01: removed what it left');
  });

  it('leaves a living run and its cache alone', async () => {
    const kept = join(folder, 'kept');
    await mkdir(kept);
    const lease = await openLease(context.folders.state, 'alive1');
    await lease.add({ kind: 'folder', path: kept });
    await openCache(context.folders.cache);
    await expect(cleanCommand({ all: true }, context)).rejects.toMatchObject({ exitCode: 4 });
    expect(context.out()).toContain(`run alive1 is running (process ${process.pid}): left alone`);
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['kept', 'cache']));
  });

  it('removes the cache with --all, and only what is its own', async () => {
    const { cache } = context.folders;
    await openCache(cache);
    await mkdir(join(cache, 'payloads', 'ab'), { recursive: true });
    await writeFile(join(cache, 'letter.txt'), 'mine');
    expect(await cleanCommand({ all: true }, context)).toBe(0);
    expect(await readdir(cache)).toEqual(['letter.txt']);
  });

  it('leaves a folder alone that does not look like a cache', async () => {
    const { cache } = context.folders;
    await mkdir(join(cache, 'payloads'), { recursive: true });
    await expect(cleanCommand({ all: true }, context)).rejects.toThrow(/does not look like a cache/);
    expect(await readdir(cache)).toEqual(['payloads']);
  });

  it('says so when there is nothing', async () => {
    expect(await cleanCommand({ all: true }, context)).toBe(0);
    expect(context.out()).toBe('no run left anything behind\nthere is no cache\n');
  });
});

describe('opening the cache', () => {
  it('refuses a folder with other things in it', async () => {
    await writeFile(join(folder, 'letter.txt'), 'mine');
    await expect(openCache(folder)).rejects.toThrow(/holds other things \(letter\.txt\)/);
  });

  it('is no change the second time', async () => {
    await openCache(context.folders.cache);
    await openCache(context.folders.cache);
    expect(await readdir(context.folders.cache)).toEqual(['CACHEDIR.TAG']);
  });
});
