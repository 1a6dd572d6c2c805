import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { siteCommand } from '../../../../bench/cli/commands/site.ts';
import { makeStoredRuns } from '../../../fixtures/history/make-stored-runs.ts';
import { testContext, type TestContext } from '../../../support/context.ts';

let folder: string;
let context: TestContext;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-site-'));
  context = testContext(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function store(count: number): Promise<void> {
  for (const record of makeStoredRuns(count)) {
    const run = join(folder, '.tare/runs', record.run.id);
    await mkdir(run, { recursive: true });
    await writeFile(join(run, 'run.json'), JSON.stringify(record));
  }
}

const site = (changes: { against?: string; out?: string } = {}): Promise<number> =>
  siteCommand({ out: 'public', dir: [], title: 'Weights', ...changes }, context);
const index = (): Promise<string> => readFile(join(folder, 'public/index.html'), 'utf8');

it('has the report and the record of every run, the trends, and a page for every two runs', async () => {
  await store(3);
  expect(await site()).toBe(0);
  expect(await readdir(join(folder, 'public/comparisons'))).toEqual([
    '20260101-090000-tomcat--20260102-090000-tomcat.html',
    '20260101-090000-tomcat--20260103-090000-tomcat.html',
    '20260102-090000-tomcat--20260103-090000-tomcat.html',
  ]);
  expect((await readdir(join(folder, 'public/runs'))).length).toBe(3);
  expect((await readdir(join(folder, 'public/runs/20260102-090000-tomcat'))).sort()).toEqual([
    'report.html',
    'run.json',
  ]);
  expect(await index()).toContain('href="history.html"');
  // Newest first, and no link that leads out of the folder.
  const links = [...(await index()).matchAll(/href="(?!data:|#)([^"]+)"/g)].map(([, link]) => link ?? '');
  expect(links.find((link) => link.startsWith('runs/'))).toContain('20260103');
  for (const link of links) expect(await readFile(join(folder, 'public', link), 'utf8')).not.toBe('');
});

it('compares with a reference where one is named', async () => {
  await store(3);
  await site({ against: '20260101-090000-tomcat' });
  const text = await index();
  expect(text).toContain('with the reference 20260101-090000-tomcat');
  expect(text).not.toContain('the run before');
});

it('writes an earlier site anew, and nothing into a folder with other files', async () => {
  await store(2);
  await site();
  await rm(join(folder, '.tare/runs/20260101-090000-tomcat'), { recursive: true });
  await site();
  expect(await readdir(join(folder, 'public/runs'))).toEqual(['20260102-090000-tomcat']);
  await mkdir(join(folder, 'mine'));
  await writeFile(join(folder, 'mine/text'), '');
  await expect(site({ out: 'mine' })).rejects.toThrow(/it holds other files/);
  expect(await readdir(join(folder, 'mine'))).toEqual(['text']);
});

it('without a run says what makes one', async () => {
  await expect(site()).rejects.toThrow(/there is no run in .*`tare run` makes one/);
});
