import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareCommand } from '../../../../bench/cli/commands/compare.ts';
import { comparisonSchema } from '../../../../bench/record/comparison.ts';
import { makeRecord } from '../../../fixtures/records/make-record.ts';
import { otherRun } from '../../../fixtures/records/other-run.ts';
import { testContext } from '../../../support/context.ts';

let folder: string;
const record = makeRecord();
const other = otherRun(record, { factor: ({ metric }) => (metric === 'startup.ready' ? 1.12 : 1) });
const nothing = { platform: [], measure: [], reporter: [], hasChoices: false };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-compare-'));
  for (const each of [record, other]) {
    await mkdir(join(folder, '.tare', 'runs', each.run.id), { recursive: true });
    await writeFile(join(folder, '.tare', 'runs', each.run.id, 'run.json'), JSON.stringify(each));
  }
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('tare compare', () => {
  it('finds runs by id and `last`, and exits 0 whatever it finds', async () => {
    const context = testContext(folder);
    expect(await compareCommand({ runs: [record.run.id, 'last'], ...nothing }, context)).toBe(0);
    expect(context.out()).toMatch(/^runc: startup\.ready is 1\d % slower \(\+\d+ ms\), 95 % interval \+\d/m);
    expect(context.err()).toBe('');
  });

  it('gives JSON that keeps to its schema, and nothing else', async () => {
    const context = testContext(folder);
    await compareCommand({ runs: [record.run.id, 'last'], ...nothing, json: true }, context);
    const parsed = comparisonSchema.parse(JSON.parse(context.out()));
    expect(parsed.pairs[0]?.run.id).toBe(other.run.id);
    expect(parsed.reference.id).toBe(record.run.id);
  });

  it('compares only the platforms and measures asked for', async () => {
    const context = testContext(folder);
    const options = {
      runs: [record.run.id, 'last'],
      platform: ['runc'],
      measure: ['stop'],
      reporter: [],
      hasChoices: false,
      json: true,
    } as const;
    await compareCommand(options, context);
    const { pairs } = comparisonSchema.parse(JSON.parse(context.out()));
    const figures = pairs[0]?.figures ?? [];
    expect(figures.length).toBeGreaterThan(0);
    expect(figures.every(({ platform, metric }) => platform === 'runc' && metric.startsWith('stop.'))).toBe(
      true,
    );
  });

  it('writes a report per --reporter, and the table on stdout beside files', async () => {
    const context = testContext(folder);
    const reporter = ['markdown=pr.md', 'html=page.html', 'csv=figures.csv'];
    await compareCommand({ runs: [record.run.id, 'last'], ...nothing, reporter }, context);
    const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
    expect(await read('pr.md')).toMatch(/^- runc: startup\.ready is 1\d % slower \(\+\d+ ms\)/m);
    expect(await read('page.html')).toMatch(/<li>runc: startup\.ready is 1\d\u00a0% slower/);
    const [head, ...rows] = (await read('figures.csv')).trim().split('\n');
    expect(head).toMatch(/^reference,run,platform,metric/);
    expect(rows.every((row) => row.startsWith(`${record.run.id},${other.run.id},`))).toBe(true);
    expect(context.out()).toContain('startup.ready');
    expect(context.err()).toContain(join(folder, 'page.html'));
  });

  it('refuses a reporter that a comparison does not have', async () => {
    const options = { runs: [record.run.id, 'last'], ...nothing, reporter: ['junit=gates.xml'] };
    await expect(compareCommand(options, testContext(folder))).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/unknown reporter "junit"/) as string,
    });
  });

  it.each([
    [['last', record.run.id], { ...nothing, hasChoices: true }, /--samples.* are for --ab/],
    [['last'], nothing, /at least two runs/],
    [['last', 'nowhere'], nothing, /no run `nowhere`/],
    [['last', 'last'], nothing, /is the reference itself/],
    [[record.run.id, 'last'], { ...nothing, platform: ['rucn'] }, /no platform "rucn".*did you mean "runc"/],
    [
      [record.run.id, 'last'],
      { ...nothing, measure: ['startupp'] },
      /no measure "startupp" in these runs.*"startup"/,
    ],
  ])('refuses %j with %j', async (runs, filters, message) => {
    await expect(compareCommand({ runs, ...filters }, testContext(folder))).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message) as string,
    });
  });

  it('refuses a run of another scenario', async () => {
    const tiny = { ...other, workload: { ...other.workload, name: 'tiny' } };
    await writeFile(join(folder, 'tiny.json'), JSON.stringify(tiny));
    const attempt = compareCommand({ runs: [record.run.id, 'tiny.json'], ...nothing }, testContext(folder));
    await expect(attempt).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/workload: tomcat in the reference, tiny in the run/) as string,
    });
  });

  it.each([
    [JSON.stringify(other).slice(0, 5000), /broken\.json: this is not JSON/],
    [JSON.stringify({ ...other, schemaVersion: 2 }), /schemaVersion 2.*reads 1/],
    [JSON.stringify({ ...other, results: [{ platform: 'runc' }] }), /not a whole record:\n {2}results\.0\./],
    [
      JSON.stringify(other).replace(/"median":\d+(\.\d+)?/, '"median":1'),
      /is not that of its samples; the record was changed/,
    ],
  ])('refuses a broken record', async (content, message) => {
    await writeFile(join(folder, 'broken.json'), content);
    const context = testContext(folder);
    await expect(
      compareCommand({ runs: ['last', 'broken.json'], ...nothing }, context),
    ).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message) as string,
    });
    expect(context.out()).toBe('');
  });
});
