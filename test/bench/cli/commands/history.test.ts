import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkCommand } from '../../../../bench/cli/commands/check.ts';
import { historyCommand, type HistoryOptions } from '../../../../bench/cli/commands/history.ts';
import { historySchema, type RunHistory } from '../../../../bench/record/history.ts';
import type { RunRecord } from '../../../../bench/record/schema.ts';
import { commitOfRun, makeStoredRuns } from '../../../fixtures/history/make-stored-runs.ts';
import { gate, withGates } from '../../../fixtures/records/gated-record.ts';
import { testContext, type TestContext } from '../../../support/context.ts';

let folder: string;
const runs = makeStoredRuns(16, 9);
const nothing = { metric: [], platform: [], dir: [], reporter: [] };
const history = async (options: Partial<HistoryOptions> = {}): Promise<TestContext> => {
  const context = testContext(folder);
  expect(await historyCommand({ ...nothing, ...options }, context)).toBe(0);
  return context;
};
const parsed = async (options: Partial<HistoryOptions> = {}): Promise<RunHistory> =>
  historySchema.parse(JSON.parse((await history({ ...options, json: true })).out()));
const put = async (path: string, content: RunRecord | string): Promise<void> => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-history-'));
  for (const run of runs) await put(`.tare/runs/${run.run.id}/run.json`, run);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('tare history', () => {
  it('shows each figure of the stored runs, and where one has changed', async () => {
    const text = (await history()).out();
    expect(text).toMatch(/^tomcat · 16 runs, 2026-01-01 to 2026-01-16$/m);
    expect(text).toMatch(/^runc +startup\.ready +16 +2\.\d+ s +2\.\d+ s +\+1[0-4] % +[▁-█]{16}$/m);
    expect(text.replace(/\s+/g, ' ')).toContain(
      `runc: startup.ready is 12 % slower since 2026-01-10, commit ${commitOfRun(9).slice(0, 10)} (${runs[9]?.run.id ?? ''})`,
    );
  });

  it('shows only what is asked for; phases only on request', async () => {
    const { series } = await parsed({ metric: ['startup.ready', 'stop.kill'], platform: ['runc'] });
    expect(series.map(({ platform, metric }) => `${platform} ${metric}`)).toEqual([
      'runc startup.ready',
      'runc stop.kill',
    ]);
    const metrics = (await parsed()).series.map(({ metric }) => metric);
    expect(metrics.filter((metric) => metric.startsWith('startup.'))).toEqual([
      'startup.ready',
      'startup.ready',
    ]);
    expect((await parsed({ metric: ['startup.phase.launch'] })).series).toHaveLength(2);
  });

  it('reads folders of runs, records and reference files, and counts a run once', async () => {
    const [first, second, third] = runs as [RunRecord, RunRecord, RunRecord];
    await put('kept/deep/a/run.json', first);
    await put('kept/second.json', second);
    const gated = withGates(third, [gate({ worseBy: 0.05 })]);
    await put('third/run.json', gated);
    const update = { run: 'third', update: true, against: 'kept/third.json', reporter: [] } as const;
    await checkCommand(update, testContext(folder));
    const kept = await parsed({ dir: ['kept', 'kept/deep'] });
    expect(kept.runs.map(({ id, commit }) => [id, commit])).toEqual(
      [first, second, third].map(({ run }) => [run.id, run.commit]),
    );
    expect(kept.groups).toHaveLength(1);
    const ready = kept.series.find(({ metric }) => metric === 'startup.ready');
    expect(ready?.points.map(({ n }) => n)).toEqual([6, 6, 6]);
  });

  it('writes what other programs and people read', async () => {
    await history({ reporter: ['html=out/page.html', 'csv=out/all.csv'], metric: ['startup.ready'] });
    const csv = (await readFile(join(folder, 'out', 'all.csv'), 'utf8')).trim().split('\n');
    expect(csv).toHaveLength(1 + 2 * runs.length);
    expect(csv.find((line) => line.includes('runc') && line.includes(runs[9]?.run.id ?? ''))).toMatch(
      /,0\.0\d+$/,
    );
    const page = await readFile(join(folder, 'out', 'page.html'), 'utf8');
    expect(page).toContain('id="chart-trend-0-0"');
    expect(page).toContain(commitOfRun(9).slice(0, 10));
  });

  it('names what cannot be read, and shows the rest', async () => {
    const [first, second] = runs as [RunRecord, RunRecord];
    await put('mixed/good/run.json', first);
    await put('mixed/cut/run.json', JSON.stringify(second).slice(0, 3000));
    await put('mixed/later.json', JSON.stringify({ ...second, schemaVersion: 9 }));
    await put('mixed/notes.json', '{"hello":1}');
    await put('mixed/edited.json', JSON.stringify({ ...second, results: [{ platform: 'runc' }] }));
    await put('mixed/reference.json', '{"referenceVersion":7}');
    await put('mixed/undated.json', { ...second, run: { ...second.run, startedAt: 'yesterday' } });
    await put('mixed/killed/events.ndjson', '');
    const context = await history({ dir: ['mixed'], reporter: ['html=mixed.html'] });
    expect(context.logged.join('\n')).toMatch(/warn: .*cut\/run\.json: this is not JSON/);
    for (const words of [
      /later\.json: it has schemaVersion 9/,
      /notes\.json: this is not a record/,
      /edited\.json: this is not a whole record:\n {2}results\.0\.metric/,
      /reference\.json: it has referenceVersion 7/,
      /undated\.json: run\.startedAt is not a time: "yesterday"/,
    ]) {
      expect(context.logged.join('\n')).toMatch(words);
    }
    expect(context.out()).toMatch(/^tomcat · 1 run, 2026-01-01/m);
    expect(await readFile(join(folder, 'mixed.html'), 'utf8')).toMatch(/Left out<\/strong>.*cut/);
  });

  it.each([
    [{ dir: ['nowhere'] }, /--dir .*nowhere: there is no such folder/],
    [{ dir: ['.tare/runs/20260101-090000-tomcat/run.json'] }, /it is not a folder/],
    [{ dir: ['empty'] }, /there is no run in empty: `tare run` makes one/],
    [{ dir: ['broken'] }, /none of these can be read:\n.*broken\/run\.json: this is not JSON/],
    [
      { metric: ['startup.raedy'] },
      /no metric "startup\.raedy" in these runs; did you mean "startup\.ready"/,
    ],
    [{ platform: ['rucn'] }, /no platform "rucn" in these runs; did you mean "runc"/],
    [{ reporter: ['markdown'] }, /unknown reporter "markdown"; known here: terminal, html, csv, json/],
    [{ reporter: ['csv'], json: true as const }, /only one report can go to stdout/],
  ])('refuses %j', async (options, message) => {
    await mkdir(join(folder, 'empty'), { recursive: true });
    await put('broken/run.json', '{');
    await expect(history(options)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message) as string,
    });
  });

  it('says how to get a first run where there is none', async () => {
    const context = testContext(join(folder, 'empty'));
    await expect(historyCommand(nothing, context)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/there is no run in .*\.tare\/runs: `tare run` makes one/) as string,
    });
  });
});
