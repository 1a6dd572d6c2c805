import { expect, test } from 'vitest';
import { memAvailable, parseMeminfo } from '../../../runners/machine/meminfo.ts';

test('memory of the machine is in bytes, and huge pages are a number', () => {
  const text = 'MemTotal:       24 kB\nActive(anon):    2 kB\nHugePages_Free:      3\n';
  expect(Object.fromEntries(parseMeminfo(text))).toEqual({
    MemTotal: 24 * 1024,
    'Active(anon)': 2 * 1024,
    HugePages_Free: 3,
  });
});

test('this machine has memory to give away', async () => {
  expect(await memAvailable()).toBeGreaterThan(0);
});
