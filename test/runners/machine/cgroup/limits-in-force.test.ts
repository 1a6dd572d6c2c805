import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CgroupLayout } from '../../../../runners/machine/cgroup/cgroup-layout.ts';
import { limitsInForce, limitsOf } from '../../../../runners/machine/cgroup/limits-in-force.ts';
import { writeFiles } from './write-files.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tare-limits-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const files = (contents: Record<string, string>): Promise<void> => writeFiles(root, contents);

const v2 = (mounted = '/'): CgroupLayout => ({ version: 2, mount: root, root: mounted });
const v1 = (mounted = '/'): CgroupLayout => ({
  version: 1,
  hierarchies: [
    { mount: join(root, 'memory'), root: mounted, controllers: ['memory'] },
    { mount: join(root, 'cpu,cpuacct'), root: '/', controllers: ['cpu', 'cpuacct'] },
  ],
  others: [],
  unified: join(root, 'unified'),
});

it.each([
  ['its own cgroup', '/run/box/payload', { memoryBytes: 4096, cpus: 0.5 }],
  ['one above', '/run/box/payload/deep', { memoryBytes: 4096, cpus: 0.5 }],
  ['one above that is tighter than its own', '/run/box/payload/wide', { memoryBytes: 4096, cpus: 0.5 }],
  ['none', '/run/box/supervisor/payload', { memoryBytes: Infinity, cpus: Infinity }],
  ['none, in the root', '/', { memoryBytes: Infinity, cpus: Infinity }],
])('on v2 the limits of %s are in force', async (_whose, path, inForce) => {
  const unlimited = { 'memory.max': 'max\n', 'cpu.max': 'max 100000\n' };
  const limits = {
    ...{ run: unlimited, 'run/box': unlimited, 'run/box/supervisor': unlimited },
    'run/box/supervisor/payload': unlimited,
    'run/box/payload': { 'memory.max': '4096\n', 'cpu.max': '50000 100000\n' },
    // Without the controllers.
    'run/box/payload/deep': { 'cgroup.procs': '' },
    'run/box/payload/wide': { 'memory.max': '8192\n', 'cpu.max': '200000 100000\n' },
  };
  for (const [folder, each] of Object.entries(limits)) {
    for (const [file, text] of Object.entries(each)) await files({ [join(folder, file)]: text });
  }
  expect(await limitsOf(`0::${path}\n`, v2())).toEqual(inForce);
});

it('on v1 they are those of two hierarchies', async () => {
  await files({
    'memory/run/memory.limit_in_bytes': '9223372036854771712\n',
    'memory/run/box/memory.limit_in_bytes': '4096\n',
    'cpu,cpuacct/run/cpu.cfs_quota_us': '-1\n',
    'cpu,cpuacct/run/cpu.cfs_period_us': '100000\n',
    'cpu,cpuacct/run/other/cpu.cfs_quota_us': '150000\n',
    'cpu,cpuacct/run/other/cpu.cfs_period_us': '100000\n',
  });
  const groups = '5:memory:/run/box\n4:cpu,cpuacct:/run/other\n1:name=systemd:/elsewhere\n0::/unified\n';
  expect(await limitsOf(groups, v1())).toEqual({ memoryBytes: 4096, cpus: 1.5 });
  const unlimited = groups.replace('/run/box', '/run').replace('/run/other', '/run');
  expect(await limitsOf(unlimited, v1())).toEqual({ memoryBytes: 2 ** 63 - 4096, cpus: Infinity });
});

it.each([
  ['in an engine’s container on v1, or of another namespace', '/docker/4f2c', '/docker/4f2c/run/box'],
  ['in a cgroup namespace with the mounts of the machine', '/../..', '/../../run/box'],
])('finds them %s', async (_where, mounted, path) => {
  await files({
    'memory/run/box/memory.limit_in_bytes': '4096\n',
    'cpu,cpuacct/run/box/cpu.cfs_quota_us': '50000\n',
    'cpu,cpuacct/run/box/cpu.cfs_period_us': '100000\n',
    'run/box/memory.max': '8192\n',
  });
  const inForce = { memoryBytes: 4096, cpus: 0.5 };
  expect(await limitsOf(`5:memory:${path}\n4:cpu,cpuacct:/run/box\n`, v1(mounted))).toEqual(inForce);
  expect(await limitsOf(`0::${path}\n`, v2(mounted))).toEqual({ memoryBytes: 8192, cpus: Infinity });
  expect(await limitsOf(`0::${mounted}\n`, v2(mounted))).toEqual({ memoryBytes: Infinity, cpus: Infinity });
});

it.each([
  ['/docker/4f2c', '/'],
  ['/docker/4f2c', '/docker/4f2cd/run/box'],
  ['/../..', '/../run/box'],
  ['/../..', '/../../../run/box'],
  ['/', '/../run/box'],
  ['/', '/..'],
])('says nothing where %s is mounted of a process in %s', async (mounted, path) => {
  expect(await limitsOf(`0::${path}\n`, v2(mounted))).toBeNull();
});

it('says nothing of a process that has ended', async () => {
  expect(await limitsInForce([process.pid, 2 ** 22 + 1], v2())).toHaveLength(1);
});
