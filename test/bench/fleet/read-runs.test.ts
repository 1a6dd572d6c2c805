import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mergeRuns } from '../../../bench/analysis/fleet/merge.ts';
import { readFleet } from '../../../bench/fleet/read-fleet.ts';
import { readHostRuns } from '../../../bench/fleet/read-runs.ts';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { makeFleetRecords, makeFleet } from '../../fixtures/fleet/make-fleet.ts';
import { testContext } from '../../support/context.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-fleet-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = async (file: string, content: unknown): Promise<void> => {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
};
const unnamed = (): RunRecord[] =>
  makeFleetRecords({ hosts: 3, machine: () => ({ name: undefined }) }).map(
    (record) => JSON.parse(JSON.stringify(record)) as RunRecord,
  );

describe('reading the records of a fleet', () => {
  it('takes host names from the records, whatever the folders are called', async () => {
    const [first, second] = makeFleetRecords({ hosts: 2 });
    await write('a/x/run.json', first);
    await write('a/y.json', second);
    const { runs } = await readHostRuns(['a'], testContext(folder));
    expect(runs.map(({ hostName, file }) => [hostName, file])).toEqual([
      ['node0000', 'a/x/run.json'],
      ['node0001', 'a/y.json'],
    ]);
  });

  it('takes the folder for the host where an older record has no name; a run’s own folder is none', async () => {
    const [first, second, third] = unnamed();
    await write('fleet/alpha/run.json', first);
    await write('fleet/beta/.tare/runs/20260115-093000-tomcat/run.json', second);
    await write('gamma/20260115-093000-tomcat/run.json', third);
    const { runs } = await readHostRuns(['fleet', 'gamma'], testContext(folder));
    expect(runs.map(({ hostName, hostNameFrom }) => [hostName, hostNameFrom])).toEqual([
      ['alpha', 'folder'],
      ['beta', 'folder'],
      ['gamma', 'folder'],
    ]);
  });

  it('names what cannot be read, and passes over what is no record', async () => {
    const [first] = unnamed();
    await write('fleet/a/run.json', first);
    await write('fleet/b/run.json', { ...first, schemaVersion: 2 });
    await write('fleet/c/run.json', '{"schemaVersion":1,');
    await write('fleet/package.json', { name: 'x' });
    const { runs, unreadable } = await readHostRuns(['fleet'], testContext(folder));
    expect(runs).toHaveLength(1);
    expect(unreadable).toEqual([
      { file: 'fleet/b/run.json', reason: expect.stringMatching(/^it has schemaVersion 2/) as string },
      { file: 'fleet/c/run.json', reason: expect.stringMatching(/^this is not JSON/) as string },
    ]);
    expect(() => mergeRuns(runs, { leaveOut: false, unreadable, reference: null })).toThrow(
      /fleet\/b\/run\.json: it has schemaVersion 2/,
    );
  });

  it('says what is missing where there is nothing', async () => {
    await mkdir(join(folder, 'empty'));
    await expect(readHostRuns(['empty'], testContext(folder))).rejects.toThrow(/there is no run in empty/);
    await expect(readHostRuns(['nowhere'], testContext(folder))).rejects.toThrow(/no such folder/);
  });

  it('reads the record of a fleet back, and refuses others', async () => {
    const fleet = makeFleet({ hosts: 3 });
    await write('fleet.json', fleet);
    expect(await readFleet(join(folder, 'fleet.json'))).toEqual(fleet);
    await write('other.json', { fleetVersion: 9 });
    await expect(readFleet(join(folder, 'other.json'))).rejects.toThrow(/fleetVersion 9/);
  });
});
