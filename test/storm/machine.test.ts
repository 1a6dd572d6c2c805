import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { differences, machineState } from './machine.ts';

it('tells a file that stayed in the folder for temporary ones', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tare-test-'));
  try {
    const before = await machineState(folder);
    await writeFile(join(folder, 'left'), '');
    await writeFile(join(folder, 'tsx-0'), '');
    expect(differences(before, await machineState(folder))).toContain(
      `${folder}/left: not there before, there after`,
    );
    expect(differences(before, await machineState(folder)).join()).not.toContain('tsx-0');
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('tells a setting that is another, and one that is as before', () => {
  const before = new Map([
    ['setting a', '1'],
    ['setting b', '2'],
    ['IPC shm 3', '0'],
  ]);
  const after = new Map([
    ['setting a', '1'],
    ['setting b', '4'],
  ]);
  expect(differences(before, after)).toEqual([
    'setting b: 2 before, 4 after',
    'IPC shm 3: 0 before, not there after',
  ]);
});
