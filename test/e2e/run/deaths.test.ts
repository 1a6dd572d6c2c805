/** Instances that become ready and then die: on every platform a failure with its cause, and nothing that was measured. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { leftovers } from '../../support/leftovers.ts';
import { writeScenario } from '../../support/scenario-file.ts';
import { makeSandbox, tare, type Sandbox } from '../../support/tare.ts';

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
