/** The page cache of the whole machine, which a scenario may ask to be dropped. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { leftovers } from '../../support/leftovers.ts';
import { writeScenario } from '../../support/scenario-file.ts';
import { makeSandbox, tare } from '../../support/tare.ts';

async function drops(): Promise<number> {
  return Number(/^drop_pagecache (\d+)$/m.exec(await readFile('/proc/vmstat', 'utf8'))?.[1]);
}

it('a cold page cache is cold: the kernel drops its caches before each start', async () => {
  const box = await makeSandbox();
  const file = await writeScenario(box.folder, 'cold', {
    platforms: ['process'],
    measures: { startup: { samples: 2, 'page-cache': 'cold' } },
  });
  const before = await drops();
  const { stdout, stderr } = await tare(box, ['run', file, '--json', '--out', 'out']);
  expect(stdout, stderr).not.toBe('');
  expect((JSON.parse(stdout) as RunRecord).failures).toEqual([]);
  expect((await drops()) - before).toBe(3);
  expect(await leftovers(box)).toEqual([]);
  await box.remove();
});
