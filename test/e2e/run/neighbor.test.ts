/** The machine survives every aggressor, and one that does nothing does no harm. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { readRecord } from '../../../bench/store/read-record.ts';
import { run } from '../../../runners/machine/command.ts';
import { leftovers } from '../../support/leftovers.ts';
import { isEverywhere } from '../../support/platforms/everywhere.ts';
import { makeSandbox, tare, type Sandbox } from '../../support/tare.ts';

const shared = `
name: beside
workload: neighbor
limits: { cpus: 0.5, memory: 64MiB }
platforms: [process, runc]
measures:
  neighbor:
    pairs: 1
    window: 1s
    settle: 1s
    limits: [off]
    aggressors: [idle, fork, memory]
    budget: { memory: 256MiB, processes: 128 }
`;
/** Both bombs in guests, in as few windows as there can be: under emulation each start takes seconds. */
const guests = `
name: guests
workload: neighbor
limits: { cpus: 1, memory: 96MiB }
platforms: [{ id: vm, runner: qemu, accel: tcg }]
measures:
  neighbor:
    pairs: 1
    window: 3s
    settle: 1s
    limits: [off]
    aggressors: [fork, memory]
    budget: { processes: 128 }
`;

let sandbox: Sandbox;
let record: RunRecord;
let guestRecord: RunRecord | null = null;
let killsOutside: string[];
let failedForks = 0;

/** Victims of the kernel's lack of memory that are in no run of Tare's. */
async function killsOutsideOfRuns(): Promise<string[]> {
  const { stdout } = await run('dmesg', []);
  return stdout.split('\n').filter((line) => /oom-kill:/.test(line) && !/task_memcg=\/tare-/.test(line));
}

beforeAll(async () => {
  sandbox = await makeSandbox();
  const before = await killsOutsideOfRuns();
  const over = new AbortController();
  const forking = forkUntil(over.signal);
  try {
    record = await recordOf('shared', shared);
    if (isEverywhere) guestRecord = await recordOf('guests', guests);
  } finally {
    over.abort();
    await forking;
  }
  killsOutside = (await killsOutsideOfRuns()).filter((line) => !before.includes(line));
});
afterAll(async () => {
  expect(await leftovers(sandbox)).toEqual([]);
  await sandbox.remove();
});

async function recordOf(name: string, scenario: string): Promise<RunRecord> {
  const file = join(sandbox.folder, `${name}.yaml`);
  await writeFile(file, scenario);
  const out = join(sandbox.folder, name);
  const { code, stderr } = await tare(sandbox, ['run', file, '--out', out]);
  expect(code, stderr).toBe(0);
  return readRecord(join(out, 'run.json'));
}

async function forkUntil(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await run('true', []).catch(() => {
      failedForks += 1;
    });
    await sleep(100);
  }
}

function medians(metric: string, aggressor: string, { results } = record): (number | null)[] {
  return results
    .filter((each) => each.metric === metric && each.condition['aggressor'] === aggressor)
    .map(({ summary }) => summary.median);
}

it('outside of the run nothing was killed for memory, and every fork succeeded', () => {
  expect(killsOutside).toEqual([]);
  expect(failedForks).toBe(0);
});

it('each aggressor has told how much it did', () => {
  for (const aggressor of ['fork', 'memory']) {
    const works = medians('neighbor.work', aggressor);
    expect(works).toHaveLength(2);
    for (const work of works) expect(work).toBeGreaterThan(10);
  }
  expect(medians('neighbor.work', 'idle')).toEqual([0, 0]);
});

// How much the other did it may be unable to tell: a guest in which nothing can be started answers no more.
if (isEverywhere) {
  it.each(['fork', 'memory'])('a guest outlives the bomb %s in another', (aggressor) => {
    expect(medians('neighbor.died', aggressor, guestRecord ?? undefined)).toEqual([0]);
  });
}

it('one that does nothing does no harm', () => {
  for (const errors of medians('neighbor.errors', 'idle')) expect(errors).toBe(0);
  for (const throughput of medians('neighbor.throughput', 'idle')) expect(throughput).toBeCloseTo(1, 2);
});

it('a fork bomb without limits leaves its neighbor no process', () => {
  for (const errors of medians('neighbor.errors', 'fork')) expect(errors).toBeGreaterThan(0.1);
});
