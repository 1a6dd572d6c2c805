import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireBrowser } from '../../../../bench/cli/output/draw-pictures.ts';
import { checkTargets, reportTargets, writeTargets } from '../../../../bench/cli/output/report-targets.ts';
import { reporters } from '../../../../reports/index.ts';
import { densityRecord } from '../../../fixtures/records/density-records.ts';
import { makeRecord } from '../../../fixtures/records/make-record.ts';
import { testContext } from '../../../support/context.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-targets-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const targetsFor = (reporter: string[], json = false): ReturnType<typeof reportTargets> =>
  reportTargets({ folder: join(folder, 'run'), reporter, json }, folder);

describe('report targets', () => {
  it('are every file in the folder and the table on stdout when nothing is asked for', () => {
    const { files, stdout, page } = targetsFor([]);
    const names = Object.values(reporters).flatMap((each) => (each.file === null ? [] : [each.file]));
    expect([...files.keys()].sort()).toEqual(names.map((name) => join(folder, 'run', name)).sort());
    expect(stdout).toBe(reporters.terminal);
    expect(page).toBe(join(folder, 'run', 'report.html'));
  });

  it('follow --reporter to a path, relative to the working folder, and to stdout', () => {
    const { files, stdout } = targetsFor(['markdown=sub/pr.md', 'summary-csv=-']);
    expect(files.get(join(folder, 'sub', 'pr.md'))).toBe(reporters.markdown);
    expect(stdout).toBe(reporters['summary-csv']);
  });

  it('put pictures into a folder of the run, into another, or into one file', () => {
    for (const [request, path] of [
      ['png', 'run/charts'],
      ['png=slides', 'slides'],
      ['png=memory.png', 'memory.png'],
    ] as const)
      expect(targetsFor([request]).files.get(join(folder, path))).toBe(reporters.png);
  });

  it('of pictures need a browser, and say how to get one', async () => {
    await expect(requireBrowser(['no-such-browser'])).rejects.toThrow(
      /needs a browser that draws, one of no-such-browser; none is installed\. Fix: apt-get install chromium/,
    );
  });

  it.each([
    [['png=-'], false, /pictures go to files; name a folder, or one picture: png=charts, png=startup\.png/],
    [['htlm'], false, /unknown reporter "htlm"; did you mean "html"/],
    [['html=-', 'markdown=-'], false, /only one report can go to stdout/],
    [['html=-'], true, /only one report can go to stdout/],
    [['html='], false, /the path is missing/],
    [['html=run/run.json'], false, /is the record/],
  ])('refuses %j with --json %s', (reporter, json, message) => {
    expect(() => targetsFor(reporter, json)).toThrow(message);
  });
});

describe('checking targets', () => {
  it('makes the folders and leaves no file', async () => {
    await checkTargets(targetsFor(['html=deep/down/page.html']));
    expect(await readdir(join(folder, 'deep', 'down'))).toEqual([]);
  });

  it('finds a folder in the place of a file, and a file in the place of a folder', async () => {
    await mkdir(join(folder, 'taken'));
    await writeFile(join(folder, 'file'), '');
    await expect(checkTargets(targetsFor(['html=taken']))).rejects.toThrow(
      /taken cannot be written: it is a folder/,
    );
    await expect(checkTargets(targetsFor(['html=file/page.html']))).rejects.toThrow(/cannot be written/);
  });
});

describe('writing targets', () => {
  it('writes whole files, twice the same', async () => {
    const targets = targetsFor(['json=copy.json']);
    await checkTargets(targets);
    const record = makeRecord();
    await writeTargets(targets, record, testContext(folder));
    const first = await readFile(join(folder, 'run', 'report.html'), 'utf8');
    await writeTargets(targets, record, testContext(folder));
    expect(await readFile(join(folder, 'run', 'report.html'), 'utf8')).toBe(first);
    expect(JSON.parse(await readFile(join(folder, 'copy.json'), 'utf8'))).toEqual(record);
    expect((await readdir(join(folder, 'run'))).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  it('writes no file for a report that has nothing to say', async () => {
    const targets = targetsFor([]);
    await checkTargets(targets);
    await writeTargets(targets, makeRecord(), testContext(folder));
    expect(await readdir(join(folder, 'run'))).not.toContain('density.csv');
    await writeTargets(targets, densityRecord(), testContext(folder));
    expect(await readFile(join(folder, 'run', 'density.csv'), 'utf8')).toMatch(/^platform,row,n,/);
  });

  it('writes through a link and leaves it a link', async () => {
    await writeFile(join(folder, 'real.json'), '');
    await symlink('real.json', join(folder, 'link.json'));
    const targets = targetsFor(['json=link.json']);
    await checkTargets(targets);
    await writeTargets(targets, makeRecord(), testContext(folder));
    expect((await lstat(join(folder, 'link.json'))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(folder, 'real.json'), 'utf8')).toContain('schemaVersion');
  });
});
