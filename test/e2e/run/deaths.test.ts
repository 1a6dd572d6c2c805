/** Instances that become ready and then die: on every platform a failure with its cause, and nothing that was measured. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { signalProcess } from '../../../runners/machine/signal-process.ts';
import { findVictims } from '../../storm/victims.ts';
import { leftovers } from '../../support/leftovers.ts';
import { writeScenario } from '../../support/scenario-file.ts';
import { eachKind, isEverywhere, ownAndEngine } from '../../support/platforms/everywhere.ts';
import { makeSandbox, startTare, tare, type Sandbox } from '../../support/tare.ts';

/** A crash shows how each kind of box tells an end. */
const some = [...ownAndEngine, ...(isEverywhere ? ['vm'] : [])];
const fixtures = fileURLToPath(new URL('../../fixtures/deaths/', import.meta.url));

let box: Sandbox;
beforeAll(async () => {
  box = await makeSandbox();
});
afterAll(async () => {
  expect(await leftovers(box)).toEqual([]);
  await box.remove();
});

/** Of one that dies as `how` says; by itself it measures what takes longer than any death. */
async function writeDying(
  name: string,
  how: string,
  on: readonly string[],
  { measures, ...more }: { measures?: Record<string, unknown>; gates?: unknown[] } = {},
): Promise<string> {
  return writeScenario(box.folder, name, {
    files: [
      { from: join(fixtures, 'serve'), to: '/srv/serve', mode: '0755' },
      { from: join(fixtures, 'health'), to: '/srv/www/cgi-bin/health', mode: '0755' },
    ],
    workload: {
      command: ['/bin/busybox', 'sh', '/srv/serve', how],
      ready: { by: 'http', path: '/cgi-bin/health', body: 'ok', timeout: '180s' },
      'facts-path': undefined,
      // Only root may make a kernel panic.
      ...(how === 'panic' && { user: 'root' }),
    },
    more: { limits: { cpus: 1, memory: '96MiB' }, ...more },
    platforms: [...on],
    // Long enough for the death also on a slow machine: the wait ends with the instance.
    measures: measures ?? { startup: { samples: 1 }, stop: {}, memory: { samples: 1, settle: '60s' } },
  });
}

async function die(how: string, on: readonly string[]): Promise<{ code: number; record: RunRecord }> {
  const file = await writeDying(how, how, on);
  const { code, stdout, stderr } = await tare(box, ['run', file, '--json', '--out', `out-${how}`]);
  expect(stdout, stderr).not.toBe('');
  return { code, record: JSON.parse(stdout) as RunRecord };
}

describe('an instance that dies after it was ready has no figures', () => {
  it.each([
    [
      'crash',
      eachKind,
      'exited',
      /after it was ready: the workload ended with exit code 7; last lines:\n {2}the last words/,
    ],
    ['background', some, 'exited', /after it was ready: the workload ended with exit code 0/],
    ['memory', some, 'out-of-memory', /memory/],
  ])('%s on %j is a failure of class %s', async (how, platforms, failureCode, message) => {
    const { code, record } = await die(how, platforms);
    expect(code).toBe(4);
    expect(record.results).toEqual([]);
    expect(record.failures.map(({ platform, code: found }) => `${platform} ${found}`).sort()).toEqual(
      platforms.flatMap((platform) => [`${platform} ${failureCode}`, `${platform} ${failureCode}`]).sort(),
    );
    for (const failure of record.failures) expect(failure.message, failure.platform).toMatch(message);
  });
});

it('a guest whose kernel panics is a failure of its own class, with the kernel’s words', async () => {
  const { code, record } = await die('panic', ['vm']);
  expect(code).toBe(4);
  expect(record.results).toEqual([]);
  expect(record.failures.map((failure) => failure.code)).toEqual(['guest-panic', 'guest-panic']);
  expect(record.failures[0]?.message).toContain('Kernel panic - not syncing: sysrq triggered crash');
});

it('density has no figure of instances that die', async () => {
  const measures = {
    density: { budget: { memory: '400MiB', cpus: 1 }, hold: '1s', load: { duration: '5s' } },
  };
  const file = await writeDying('many', 'crash', ['process', 'runc'], { measures });
  const { code, stdout } = await tare(box, ['density', file, '--json']);
  expect(code).toBe(4);
  const record = JSON.parse(stdout) as RunRecord;
  expect(record.results).toEqual([]);
  expect(record.density.map(({ instances, curve }) => ({ instances, curve }))).toEqual([
    { instances: null, curve: [] },
    { instances: null, curve: [] },
  ]);
  expect(record.failures.map((failure) => failure.code)).toEqual(['exited', 'exited']);
  expect(record.failures[0]?.message).toContain('the workload ended with exit code 7');
});

it('neither a self-test of gates nor an A/B makes anything of instances that die', async () => {
  const gates = [{ metric: 'memory.pss', platform: 'process', 'worse-by': '20%' }];
  const file = await writeDying('judged', 'crash', ['process'], { gates });
  expect((await tare(box, ['run', file, '--out', 'judged'])).code).toBe(4);
  const tested = await tare(box, ['check', 'judged', '--self-test']);
  expect(tested).toMatchObject({ code: 4, stdout: '' });
  expect(tested.stderr).toMatch(/the self-test has no figures: \S+: exited: .* exit code 7/);
  const compared = await tare(box, ['compare', '--ab', file, file]);
  expect(compared).toMatchObject({ code: 4, stdout: '' });
  expect(compared.stderr).toContain('the workload ended with exit code 7');
});

it('a runtime that is killed is a failure of its own class, whatever becomes of its workload', async () => {
  const file = await writeScenario(box.folder, 'shim', {
    platforms: ['runc', 'crun'],
    // Longer than any test: the wait ends with the instance.
    measures: { memory: { samples: 1, settle: '10m' } },
    more: { baseline: 'runc' },
  });
  const out = join(box.folder, 'out-shim');
  const child = startTare(box, ['run', file, '--out', out]);
  let exit: unknown = null;
  void child.exited.then((ended) => {
    exit = ended;
  });
  const killAndLook = async (): Promise<unknown> => {
    for (const pid of await findVictims('shim', out)) signalProcess(pid, 'SIGKILL');
    return exit;
  };
  await expect.poll(killAndLook, { timeout: 250_000 }).toMatchObject({ code: 4 });
  const { results, failures } = JSON.parse(await readFile(join(out, 'run.json'), 'utf8')) as RunRecord;
  expect(results).toEqual([]);
  expect(failures.map(({ platform, code }) => `${platform} ${code}`).sort()).toEqual(
    ['runc', 'runc', 'crun', 'crun'].map((platform) => `${platform} shim-died`).sort(),
  );
  for (const { message } of failures) expect(message).toContain('what runs the workload ended by SIGKILL');
});
