import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRun, runFolders } from '../../../bench/store/find-run.ts';

let cwd: string;
const runs = (): string => join(cwd, '.tare', 'runs');
const makeRun = async (name: string, file: string): Promise<void> => {
  await mkdir(join(runs(), name), { recursive: true });
  await writeFile(join(runs(), name, file), '');
};

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'tare-find-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

describe('finding a run', () => {
  it('takes an id, a folder, a run.json and `last`', async () => {
    await makeRun('20260101-000000-tiny', 'run.json');
    await makeRun('20260102-000000-tiny', 'run.json');
    const older = join(runs(), '20260101-000000-tiny');
    const expected = { folder: older, record: join(older, 'run.json') };
    expect(await findRun('20260101-000000-tiny', cwd)).toEqual(expected);
    expect(await findRun('.tare/runs/20260101-000000-tiny', cwd)).toEqual(expected);
    expect(await findRun(join(older, 'run.json'), cwd)).toEqual(expected);
    expect((await findRun('last', cwd)).folder).toBe(join(runs(), '20260102-000000-tiny'));
  });

  it('knows a killed run by its journal, and no other folder as a run', async () => {
    await makeRun('20260101-000000-killed', 'events.ndjson');
    await makeRun('notes', 'readme.txt');
    expect(await runFolders(cwd)).toEqual([join(runs(), '20260101-000000-killed')]);
    await expect(findRun('notes', cwd)).rejects.toThrow(/no run `notes`.*tare list runs/);
  });

  it('says how to get a first run', async () => {
    await expect(findRun('last', cwd)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/tare run/) as string,
    });
  });
});
