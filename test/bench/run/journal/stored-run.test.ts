import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildRecord } from '../../../../bench/run/journal/build-record.ts';
import type { JournalEvent } from '../../../../bench/run/journal/journal.ts';
import { readRun } from '../../../../bench/run/journal/stored-run.ts';
import { loadScenario } from '../../../../scenarios/loader/load.ts';
import { makeRecord } from '../../../fixtures/records/make-record.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-stored-'));
});
afterEach(() => rm(folder, { recursive: true }));

const { host } = makeRecord();
const begin: JournalEvent[] = [
  {
    ...{ type: 'run', id: 'r', startedAt: '2026-01-01T00:00:00.000Z', tareVersion: '0', seed: 1 },
    scenario: loadScenario('tiny', { cwd: '/' }),
  },
  { type: 'host', host },
];
const sample = (block: number): JournalEvent => ({
  ...{ type: 'sample', platform: 'runc', measure: 'startup', metric: 'startup.ready', lens: null },
  condition: {},
  definition: null,
  sample: { value: block, block, at: '2026-01-01T00:00:01.000Z' },
});
const finish: JournalEvent = { type: 'finish', at: '2026-01-01T00:01:00.000Z', aborted: false };

const journal = (events: readonly JournalEvent[], cutOff = ''): Promise<void> =>
  writeFile(
    join(folder, 'events.ndjson'),
    events.map((event) => `${JSON.stringify(event)}\n`).join('') + cutOff,
  );
const record = (events: readonly JournalEvent[]): Promise<void> =>
  writeFile(join(folder, 'run.json'), JSON.stringify(buildRecord(events)));
const read = async (): Promise<{ samples: number[]; finishedAt: string }> => {
  const { results, run } = await readRun({ folder, record: join(folder, 'run.json') });
  return { samples: results.flatMap(({ samples }) => samples.map(({ value }) => value)), ...run };
};

describe('the record of a run on disk', () => {
  it('is made from the journal where a kill has left nothing else, without the line it cut off', async () => {
    await journal([...begin, sample(1), sample(2)], '{"type":"sample","pl');
    expect((await read()).samples).toEqual([1, 2]);
  });

  it('has what was finished after an older record was written', async () => {
    await record([...begin, sample(1), finish]);
    await journal([...begin, sample(1), finish, { type: 'resumed', at: '' }, sample(2)]);
    expect((await read()).samples).toEqual([1, 2]);
  });

  it('is what a finished run has written', async () => {
    await record([...begin, sample(1), finish]);
    await journal([...begin, sample(1), sample(2), finish]);
    expect((await read()).samples).toEqual([1]);
  });

  it('is made from the journal where the disk had no room for more than its last line', async () => {
    await journal([...begin, sample(1), finish]);
    expect((await read()).samples).toEqual([1]);
  });

  it('says that there is nothing where the kill came before anything was known', async () => {
    await journal(begin.slice(0, 1));
    await expect(read()).rejects.toThrow('killed before it had looked at the machine');
  });
});
