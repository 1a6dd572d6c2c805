import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal, type Journal } from '../../../bench/run/journal/journal.ts';
import { noteOtherRuns } from '../../../bench/run/other-runs.ts';
import { openLease } from '../../../runners/machine/lease/lease.ts';

let folder: string;
let journal: Journal;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-others-'));
  journal = await openJournal(join(folder, 'events.ndjson'));
});
afterEach(async () => {
  await journal.close();
  await rm(folder, { recursive: true });
});

/** A lease as another process would have written it. */
async function leaseOf(runId: string, pid: number): Promise<void> {
  const lease = await openLease(folder, runId);
  const text = await readFile(lease.file, 'utf8');
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const startTicks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  const owner = { ...(JSON.parse(text.trim()) as object), pid, startTicks };
  await mkdir(join(folder, 'leases'), { recursive: true });
  await writeFile(lease.file, `${JSON.stringify(owner)}\n`);
}

const seen = (): string[] =>
  journal.events.flatMap((event) => (event.type === 'other-run' ? [event.run] : []));

describe('other runs on the machine', () => {
  it('are written down once, by the process that holds their lease', async () => {
    await leaseOf('other1', process.ppid);
    await noteOtherRuns(journal, folder);
    await noteOtherRuns(journal, folder);
    expect(journal.events).toMatchObject([{ type: 'other-run', run: 'other1', pid: process.ppid }]);
  });

  it('are neither the run itself, nor the other side of its A/B, nor one that was killed', async () => {
    await leaseOf('own1', process.pid);
    await leaseOf('own2', process.pid);
    await leaseOf('killed', 2 ** 22 + 1);
    await noteOtherRuns(journal, folder);
    expect(seen()).toEqual([]);
  });

  it('are not looked for where no run ever was', async () => {
    await noteOtherRuns(journal, join(folder, 'nothing'));
    expect(seen()).toEqual([]);
  });
});
