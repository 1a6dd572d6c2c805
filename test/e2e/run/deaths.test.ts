/** Instances that become ready and then die: on every platform a failure with its cause, and nothing that was measured. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { signalProcess } from '../../../runners/machine/signal-process.ts';
import { findVictims } from '../../storm/victims.ts';
import { leftovers } from '../../support/leftovers.ts';
import { writeScenario } from '../../support/scenario-file.ts';
import { makeSandbox, startTare, tare, type Sandbox } from '../../support/tare.ts';

const serve = fileURLToPath(new URL('../../fixtures/deaths/serve', import.meta.url));
const tiny = fileURLToPath(new URL('../../../scenarios/workloads/tiny.yaml', import.meta.url));
const platforms = ['process', 'runc', 'crun', 'docker', 'podman', 'lxc', 'lxd', 'nspawn', 'vm'];

let box: Sandbox;
beforeAll(async () => {
  box = await makeSandbox();
});
afterAll(async () => {
  expect(await leftovers(box)).toEqual([]);
  await box.remove();
});

async function die(how: string): Promise<{ code: number; record: RunRecord }> {
  const { rootfs } = parse(await readFile(tiny, 'utf8')) as { rootfs: { packages: string[] } };
  const { packages } = rootfs;
  const files = [
    { from: serve, to: '/srv/serve', mode: '0755' },
    {
      from: fileURLToPath(new URL('../../../scenarios/workloads/tiny/www', import.meta.url)),
      to: '/srv/www',
    },
    { from: fileURLToPath(new URL('../../../scenarios/workloads/tiny/etc', import.meta.url)), to: '/etc' },
  ];
  const file = await writeScenario(box.folder, how, {
    workload: {
      rootfs: { from: 'debian', suite: 'bookworm', variant: 'extract', packages, files },
      command: ['/bin/busybox', 'sh', '/srv/serve', how],
    },
    more: { limits: { cpus: 1, memory: '96MiB' } },
    platforms,
    // Long enough for the death also on a slow machine: the wait ends with the instance.
    measures: { startup: { samples: 1 }, stop: {}, memory: { samples: 1, settle: '60s' } },
  });
  const { code, stdout, stderr } = await tare(box, ['run', file, '--json', '--out', `out-${how}`]);
  expect(stdout, stderr).not.toBe('');
  return { code, record: JSON.parse(stdout) as RunRecord };
}

describe('an instance that dies after it was ready has no figures', () => {
  it.each([
    [
      'crash',
      'exited',
      /after it was ready: the workload ended with exit code 7; last lines:\n {2}the last words/,
    ],
    ['background', 'exited', /after it was ready: the workload ended with exit code 0/],
    ['memory', 'out-of-memory', /memory/],
  ])('%s is a failure of class %s on every platform', async (how, failureCode, message) => {
    const { code, record } = await die(how);
    expect(code).toBe(4);
    expect(record.results).toEqual([]);
    expect(record.failures.map(({ platform, code: found }) => `${platform} ${found}`).sort()).toEqual(
      platforms.flatMap((platform) => [`${platform} ${failureCode}`, `${platform} ${failureCode}`]).sort(),
    );
    for (const failure of record.failures) expect(failure.message, failure.platform).toMatch(message);
  });
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
