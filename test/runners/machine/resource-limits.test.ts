import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { mostOf, openFileLimit } from '../../../runners/machine/resource-limits.ts';

it('hands out no more processes than there are process ids', async () => {
  const ids = Number(await readFile('/proc/sys/kernel/pid_max', 'utf8'));
  expect(await mostOf('processes')).toBeLessThanOrEqual(ids);
});

it('hands out open files as wanted, and no more than may be', async () => {
  const most = await mostOf('openFiles');
  expect(await openFileLimit({ soft: 64, hard: 128 })).toEqual({ soft: 64, hard: 128 });
  expect(await openFileLimit({ soft: 64, hard: most + 1 })).toEqual({ soft: 64, hard: most });
});
