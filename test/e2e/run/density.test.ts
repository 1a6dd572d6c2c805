/** How many fit, for real: instances that hold twelve megabytes each, in budgets that this fills. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordedDensity } from '../../../bench/record/density.ts';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { run as runProgram } from '../../../runners/machine/command.ts';
import { readSetting } from '../../../runners/machine/kernel/kernel-setting.ts';
import { leftovers } from '../../support/leftovers.ts';
import { writeScenario } from '../../support/scenario-file.ts';
import { makeSandbox, startTare, tare, type Sandbox, type Started } from '../../support/tare.ts';

let box: Sandbox;
beforeAll(async () => {
  box = await makeSandbox();
});
afterAll(async () => {
  expect(await leftovers(box)).toEqual([]);
  await box.remove();
});

/**
 * A shell that keeps a variable of twelve megabytes beside the server that it has started. So much, because the kernel kills
 * at once where a whole variable is missing; where only a little is, it may take the pages of programs away and read them
 * back for as long as it likes.
 */
const fat = {
  command: [
    '/bin/busybox',
    'sh',
    '-c',
    'x=$(busybox head -c 12000000 /dev/zero | busybox tr "\\0" x); /bin/busybox httpd -f -p ${port} -h /srv/www & wait',
  ],
};
/** Nothing but memory is to end it, however busy the machine is. */
const patient = {
  batch: { size: 1, concurrency: 2 },
  load: { rps: 2, duration: '500ms' },
  slo: { p99: '10s', errors: 0 },
  'startup-factor': 1000,
  pressure: 100,
  cap: 60,
  hold: '2s',
};

async function scenario(name: string, density: Record<string, unknown>, more = {}): Promise<string> {
  return writeScenario(box.folder, name, {
    workload: fat,
    platforms: ['process'],
    measures: { density: { ...patient, ...density } },
    ...more,
  });
}

async function recordIn(folder: string): Promise<RunRecord> {
  return JSON.parse(await readFile(join(box.folder, folder, 'run.json'), 'utf8')) as RunRecord;
}

const recountScript = fileURLToPath(new URL('../../recount.mjs', import.meta.url));

/**
 * What the independent count finds while the platform is held. Tare is stopped meanwhile, so that nothing ends before all
 * is counted, however slow the machine is; the load goes on, since that is a process of its own.
 */
async function recountHeld(run: Started, folder: string, platform: string): Promise<Recount> {
  const path = join(box.folder, folder);
  const events = async (): Promise<{ type: string; id: string; platform: string }[]> => {
    const lines = (await readFile(join(path, 'events.ndjson'), 'utf8')).split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as { type: string; id: string; platform: string });
  };
  await run.says(`${platform}: holding`);
  await expect
    .poll(async () =>
      (await events()).some((each) => each.type === 'density-hold' && each.platform === platform),
    )
    .toBe(true);
  const runId = (await events()).find(({ type }) => type === 'resources')?.id ?? '';
  process.kill(run.pid, 'SIGSTOP');
  try {
    const inside = [`--net=/run/netns/tare-${runId}`, process.execPath, recountScript];
    const { stdout } = await runProgram('nsenter', [...inside, path, platform, '/health'], {
      accept: [0, 1],
    });
    return JSON.parse(stdout) as Recount;
  } finally {
    process.kill(run.pid, 'SIGCONT');
  }
}

/** All of them are to be the number that is held, those of the VMM for virtual machines and of sockets for others. */
type Recount = Record<
  | 'claimed'
  | 'distinctAddresses'
  | 'withProcesses'
  | 'withListeningProcess'
  | 'withVmm'
  | 'withLog'
  | 'connectedAtTheSameTime'
  | 'answered200',
  number
>;

function everywhere(n: number, kind: 'shared kernel' | 'vm'): Recount {
  const [listening, vmm] = kind === 'vm' ? [0, n] : [n, 0];
  return {
    ...{ claimed: n, distinctAddresses: n, withProcesses: n, withLog: n },
    ...{ withListeningProcess: listening, withVmm: vmm, connectedAtTheSameTime: n, answered200: n },
  };
}

function densityOf({ density }: RunRecord): RecordedDensity {
  const [entry] = density;
  if (!entry) throw new Error('the record has no density');
  return entry;
}

describe('the figure', () => {
  const found = new Map<string, RecordedDensity>();
  const figure = (name: string): number => found.get(name)?.instances ?? NaN;

  it.each([
    { name: 'whole', way: 'search', mebibytes: 256 },
    { name: 'half', way: 'ramp', mebibytes: 128 },
    { name: 'half-search', way: 'search', mebibytes: 128 },
  ])(
    'of a $name budget by the way $way is held, with the kernel’s words on what stopped the next',
    async ({ name, way, mebibytes }) => {
      const minimum = name === 'whole' ? { 'minimum-memory': { from: '4MiB', precision: '16MiB' } } : {};
      const own = { memory: `${mebibytes}MiB`, cpus: 1 };
      const file = await scenario(name, { way, budget: own, ...minimum });
      const run = startTare(box, ['density', file, '--out', name]);
      const recount = await recountHeld(run, name, 'process');
      expect((await run.exited).code, run.stderr()).toBe(0);
      const record = await recordIn(name);
      const entry = densityOf(record);
      expect(recount).toEqual(everywhere(entry.instances ?? 0, 'shared kernel'));
      found.set(name, entry);
      expect(entry.limit).toMatchObject({ by: 'out-of-memory', n: (entry.instances ?? 0) + 1 });
      expect(entry.limit?.detail).toContain('the budget is exhausted');
      expect(entry.limit?.evidence.join('\n')).toMatch(/oom-kill:.*density-process/);
      expect(entry.held).toMatchObject({ n: entry.instances, load: { errors: 0 } });
      expect(entry.held?.load.offered).toBe((entry.instances ?? 0) * 4);
      // The budget is what they share: all of it is in use, and no more.
      expect(entry.held?.memory['cgroup']).toBeGreaterThan(0.75 * mebibytes * 2 ** 20);
      expect(entry.held?.memory['cgroup']).toBeLessThanOrEqual(mebibytes * 2 ** 20);
      const [result] = record.results;
      expect(result).toMatchObject({
        metric: 'density.instances',
        summary: { n: 1, median: entry.instances },
      });
      expect(record.failures).toEqual([]);
    },
  );

  it('is the same by both ways within one, and the search needs at most half the rounds', () => {
    expect(Math.abs(figure('half-search') - figure('half'))).toBeLessThanOrEqual(1);
    expect(found.get('half')?.starts).toBeGreaterThan(figure('half'));
    expect(figure('whole')).toBeGreaterThan(16);
    // One by one, the ramp tries every number up to the first that is too many.
    expect(found.get('whole')?.rounds).toBeLessThanOrEqual((figure('whole') + 1) / 2);
  });

  it('is inside of what half the budget lets expect of the whole', () => {
    const expected = found
      .get('half')
      ?.extrapolation.find(({ budgetBytes }) => budgetBytes === 256 * 2 ** 20);
    expect(figure('whole')).toBeGreaterThanOrEqual(expected?.low ?? Infinity);
    expect(figure('whole')).toBeLessThanOrEqual(expected?.high ?? -Infinity);
    // An interval that everything is in would say nothing.
    expect((expected?.high ?? Infinity) - (expected?.low ?? 0)).toBeLessThanOrEqual(figure('whole') / 4);
  });

  it('comes with the smallest memory, where that was asked for', () => {
    const minimum = found.get('whole')?.minimumMemory;
    expect(minimum?.steps[0]).toMatchObject({ bytes: 64 * 2 ** 20, serves: true });
    // Twelve megabytes in a variable, and a shell that copies it.
    expect(minimum?.bytes).toBeGreaterThanOrEqual(12 * 2 ** 20);
    expect(minimum?.bytes).toBeLessThanOrEqual(64 * 2 ** 20);
  });
});

it('containers and virtual machines are held in one budget each, their equal pages merged', async () => {
  const setting = '/sys/kernel/mm/ksm/pages_to_scan';
  const before = await readSetting(setting);
  const options = { budget: { memory: '640MiB', cpus: 1 }, cap: 2, batch: { size: 2, concurrency: 2 } };
  const file = await scenario(
    'boxes',
    { ...options, ...(before === null ? {} : { 'same-page-merging': 'on' }) },
    { workload: {}, platforms: ['runc', 'vm'], more: { limits: { cpus: 1, memory: '96MiB' } } },
  );
  const run = startTare(box, ['density', file, '--out', 'boxes']);
  expect(await recountHeld(run, 'boxes', 'runc')).toEqual(everywhere(2, 'shared kernel'));
  expect(await recountHeld(run, 'boxes', 'vm')).toEqual(everywhere(2, 'vm'));
  expect((await run.exited).code, run.stderr()).toBe(0);
  const { density } = await recordIn('boxes');
  expect(density.map(({ platform, instances, limit }) => [platform, instances, limit?.by])).toEqual([
    ['runc', 2, 'cap'],
    ['vm', 2, 'cap'],
  ]);
  const [runc, vm] = density;
  // A guest's RAM is charged to the budget, and its own kernel is asked too.
  expect(vm?.held?.memory['cgroup']).toBeGreaterThan(2 * 50 * 2 ** 20);
  expect(vm?.held?.memory['guest']).toBeGreaterThan(0);
  expect(runc?.held?.memory['guest']).toBeUndefined();
  // Where this kernel cannot merge, that condition is left out above.
  if (before !== null) {
    expect(vm?.conditions['ksm']).toBe('on, settled');
    expect(vm?.conditions['ksmPasses']).toBeGreaterThanOrEqual(3);
    expect(vm?.conditions['ksmCpuMs']).toBeGreaterThan(0);
  }
  expect(await readSetting(setting)).toBe(before);
});

describe('a budget that cannot be', () => {
  it('is refused before anything starts: larger than the machine', async () => {
    const file = await scenario('huge', { budget: { memory: '15TiB', cpus: 1 } });
    const { code, stderr } = await tare(box, ['density', file, '--out', 'huge']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/the budget is larger than this machine: 15TiB of memory are needed, but of /);
    await expect(readFile(join(box.folder, 'huge', 'events.ndjson'))).rejects.toThrow('ENOENT');
  });

  it('is refused with its place: smaller than one instance', async () => {
    const file = await scenario('small', { budget: { memory: '32MiB', cpus: 0.5 } });
    const { code, stderr } = await tare(box, ['density', file, '--out', 'small']);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /small\.yaml:\d+:\d+: measures\.density\.budget\.memory: 32MiB is smaller than one/,
    );
    expect(stderr).toMatch(/budget\.cpus: 0\.5 is less than the 1 that one instance of process may use/);
  });
});

it('a kill in the middle of many keeps every round, is cleaned by one tare clean, and the run can go on', async () => {
  const many = { budget: { memory: '1GiB', cpus: 1 }, cap: 40, batch: { size: 10, concurrency: 4 } };
  const file = await scenario('killed', many, { workload: {}, platforms: ['runc'] });
  const run = startTare(box, ['density', file, '--out', 'killed']);
  await run.says('30 instances are up');
  process.kill(run.pid, 'SIGKILL');
  await run.exited;
  // Nothing but the journal is there, and it is enough.
  const cut = JSON.parse((await tare(box, ['report', 'killed', '--reporter', 'json=-'])).stdout) as RunRecord;
  expect(densityOf(cut)).toMatchObject({ instances: null, limit: null, held: null });
  expect(densityOf(cut).curve.map(({ n }) => n)).toEqual([10, 20, 30]);
  const clean = await tare(box, ['clean']);
  expect(clean.code, clean.stderr).toBe(0);
  expect(await leftovers(box)).toEqual([]);
  const { code, stdout, stderr } = await tare(box, ['density', '--resume', 'killed', '--json']);
  expect(code, stderr).toBe(0);
  expect(densityOf(JSON.parse(stdout) as RunRecord)).toMatchObject({ instances: 40, limit: { by: 'cap' } });
});
