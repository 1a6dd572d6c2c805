import { mkdtemp, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../../../../runners/machine/command.ts';
import { cpioArchive, type CpioEntry } from '../../../../runners/qemu/guest/cpio.ts';

const entries: CpioEntry[] = [
  { path: 'b', type: 'folder', mode: 0o750 },
  { path: 'b/odd length', type: 'file', mode: 0o644, content: Buffer.from('12345') },
  { path: 'b/empty', type: 'file', mode: 0o600, content: Buffer.alloc(0) },
  { path: 'a', type: 'link', target: 'b/odd length' },
];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-cpio-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('cpio itself unpacks what was packed', async () => {
  await run('cpio', ['-id', '--quiet'], { cwd: folder, input: cpioArchive(entries) });
  expect(await readFile(join(folder, 'b/odd length'), 'utf8')).toBe('12345');
  expect(await readFile(join(folder, 'b/empty'), 'utf8')).toBe('');
  expect(await readlink(join(folder, 'a'))).toBe('b/odd length');
  expect((await stat(join(folder, 'b'))).mode & 0o7777).toBe(0o750);
  expect((await stat(join(folder, 'b/empty'))).mode & 0o7777).toBe(0o600);
});

test('cpio lists devices with their numbers, root as the owner and the first of 1970 as the time', async () => {
  const console: CpioEntry = { path: 'console', type: 'character-device', mode: 0o600, major: 5, minor: 1 };
  const { stdout } = await run('cpio', ['-tv', '--quiet'], {
    input: cpioArchive([console]),
    env: { TZ: 'UTC', LC_ALL: 'C' },
  });
  expect(stdout).toMatch(/^crw-------\s+1 root\s+root\s+5,\s+1 Jan\s+1\s+1970 console$/);
});

test('the same entries give the same bytes in whatever order they come', () => {
  expect(cpioArchive([...entries].reverse()).equals(cpioArchive(entries))).toBe(true);
});

test('an archive ends on a multiple of 512 bytes, so that another can follow it', async () => {
  const first = cpioArchive(entries);
  expect(first.length % 512).toBe(0);
  const second = cpioArchive([{ path: 'second', type: 'folder', mode: 0o755 }]);
  // cpio stops at the first trailer; what follows begins exactly where a new archive begins.
  const both = Buffer.concat([first, second]);
  const { stdout } = await run('cpio', ['-t', '--quiet'], { input: both.subarray(first.length) });
  expect(stdout).toBe('second');
});
