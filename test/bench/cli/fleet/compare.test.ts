import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareCommand } from '../../../../bench/cli/commands/compare.ts';
import { fleetComparisonSchema } from '../../../../bench/record/fleet-comparison.ts';
import { beforeAndAfter } from '../../../fixtures/fleet/make-fleet.ts';
import { makeRecord } from '../../../fixtures/records/make-record.ts';
import { testContext } from '../../../support/context.ts';

let folder: string;
const nothing = { platform: [], measure: [], reporter: [], hasChoices: false };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-compare-fleets-'));
  const [before, after] = beforeAndAfter({ slower: () => 1.2, machine: () => ({ kernel: '6.12.0' }) });
  for (const [name, fleet] of Object.entries({ before, after })) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'fleet.json'), JSON.stringify(fleet));
  }
  await mkdir(join(folder, 'run'));
  await writeFile(join(folder, 'run', 'run.json'), JSON.stringify(makeRecord()));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('tare compare of fleets', () => {
  it('takes folders or records of two fleets, and exits 0 whatever it finds', async () => {
    const context = testContext(folder);
    const runs = ['before', 'after/fleet.json'];
    expect(await compareCommand({ runs, ...nothing }, context)).toBe(0);
    expect(context.out()).toMatch(/^runc: startup\.ready is 2\d % slower on 12 hosts/m);
    expect(context.err()).toBe('');
  });

  it('gives JSON that keeps to its schema, and nothing else', async () => {
    const context = testContext(folder);
    await compareCommand({ runs: ['before', 'after'], ...nothing, json: true }, context);
    const { reference, fleet } = fleetComparisonSchema.parse(JSON.parse(context.out()));
    expect([reference.name, fleet.name]).toEqual(['before', 'after']);
  });

  it('writes a report per --reporter', async () => {
    const reporter = ['markdown=pr.md', 'html=page.html', 'csv=figures.csv'];
    const context = testContext(folder);
    await compareCommand({ runs: ['before', 'after'], ...nothing, reporter }, context);
    const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
    expect(await read('pr.md')).toContain('# after against before');
    expect(await read('figures.csv')).toMatch(/^reference,fleet,group,host,/);
    expect(await read('page.html')).toContain('startup.ready');
    expect(context.err()).toContain(join(folder, 'page.html'));
  });

  it.each([
    [['before', 'run'], nothing, /before is a fleet and run is not: compare two fleets, or runs/],
    [['run', 'after'], nothing, /after is a fleet and run is not/],
    [['before'], nothing, /two fleets, the reference first; there is one/],
    [['before', 'after', 'before'], nothing, /takes two fleets.* these are 3/],
    [['before', 'before'], nothing, /the same runs as the reference/],
    [['before', 'after'], { ...nothing, platform: ['rucn'] }, /no platform "rucn" in these fleets.*"runc"/],
    [['before', 'after'], { ...nothing, measure: ['startupp'] }, /no measure "startupp".*"startup"/],
    [['before', 'after'], { ...nothing, hasChoices: true }, /are for --ab/],
  ])('refuses %j with %j', async (runs, filters, message) => {
    await expect(compareCommand({ runs, ...filters }, testContext(folder))).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message) as string,
    });
  });
});
