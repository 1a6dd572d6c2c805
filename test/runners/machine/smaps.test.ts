import { expect, test } from 'vitest';
import { parseMappings, parseRollup, readMappings, readRollup } from '../../../runners/machine/smaps.ts';

const rollup = `55d0c0a00000-7ffd0a5f2000 ---p 00000000 00:00 0                          [rollup]
Rss:                1200 kB
Pss:                 700 kB
Pss_Anon:            500 kB
Shared_Clean:        800 kB
Private_Clean:       100 kB
Private_Dirty:       300 kB
Swap:                 12 kB
SwapPss:               4 kB
`;

const maps = `55d0c0a00000-55d0c0a04000 r-xp 00000000 fe:00 1234                       /usr/bin/a program
Size:                 16 kB
KernelPageSize:        4 kB
Rss:                  16 kB
Pss:                   8 kB
VmFlags: rd ex mr mw me
7f0000000000-7f0008000000 rw-p 00000000 00:00 0 
Size:             131072 kB
Rss:               40960 kB
Pss:               40960 kB
Anonymous:         40000 kB
Private_Hugetlb:    2048 kB
VmFlags: rd wr mr mw me ac
7ffd0a5d1000-7ffd0a5f2000 rw-p 00000000 00:00 0                          [stack]
Size:                132 kB
Rss:                  12 kB
Pss:                  12 kB
`;

test('sums are read in bytes; what is private is clean and dirty together', () => {
  expect(parseRollup(rollup)).toEqual({
    pssBytes: 700 * 1024,
    rssBytes: 1200 * 1024,
    ussBytes: 400 * 1024,
    swapPssBytes: 4 * 1024,
  });
});

test('a kernel without swap tells no SwapPss', () => {
  expect(parseRollup('Rss: 8 kB\nPss: 4 kB\nPrivate_Clean: 0 kB\nPrivate_Dirty: 4 kB\n')?.swapPssBytes).toBe(
    0,
  );
});

test('a zombie has no memory', () => {
  expect(parseRollup('')).toBeNull();
});

test('each mapping has its own fields, anonymous ones have no name', () => {
  expect(parseMappings(maps)).toEqual([
    {
      sizeBytes: 16 * 1024,
      pssBytes: 8 * 1024,
      anonymousBytes: 0,
      permissions: 'r-xp',
      name: '/usr/bin/a program',
    },
    {
      sizeBytes: 128 * 1024 * 1024,
      // Huge pages on top, which the kernel leaves out.
      pssBytes: 42 * 1024 * 1024,
      anonymousBytes: 40_000 * 1024,
      permissions: 'rw-p',
      name: '',
    },
    {
      sizeBytes: 132 * 1024,
      pssBytes: 12 * 1024,
      anonymousBytes: 0,
      permissions: 'rw-p',
      name: '[stack]',
    },
  ]);
});

test('huge pages of one process are its own, in every sum', () => {
  const huge = 2 * 1024 * 1024;
  expect(parseRollup(`${rollup}Private_Hugetlb:    2048 kB\n`)).toEqual({
    pssBytes: 700 * 1024 + huge,
    rssBytes: 1200 * 1024 + huge,
    ussBytes: 400 * 1024 + huge,
    swapPssBytes: 4 * 1024,
  });
});

test("the kernel's own files are read alike: mappings add up to the sums", async () => {
  const sums = await readRollup(process.pid);
  const mappings = await readMappings(process.pid);
  const pss = mappings?.reduce((sum, mapping) => sum + mapping.pssBytes, 0) ?? 0;
  expect(sums?.rssBytes).toBeGreaterThan(10 * 1024 * 1024);
  // This process goes on allocating in between, and each mapping is rounded to whole kB.
  expect(Math.abs(pss - (sums?.pssBytes ?? 0))).toBeLessThan((sums?.pssBytes ?? 0) / 2);
  expect(sums?.ussBytes).toBeLessThanOrEqual(sums?.pssBytes ?? 0);
});

test('a process that is gone has no memory, and that is no error', async () => {
  const beyondTheLargestPid = 2 ** 22 + 1;
  expect(await readRollup(beyondTheLargestPid)).toBeNull();
  expect(await readMappings(beyondTheLargestPid)).toBeNull();
});
