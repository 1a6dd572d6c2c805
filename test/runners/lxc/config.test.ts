import { expect, it } from 'vitest';
import { lxcConfig } from '../../../runners/lxc/config.ts';
import { launch } from '../../fixtures/launch.ts';

const input: Parameters<typeof lxcConfig>[0] = {
  name: 'lxc-1',
  root: '/scratch/merged',
  launch,
  limits: { cpus: 0.5, memoryBytes: 64 * 2 ** 20 },
  openFiles: { soft: 1024, hard: 4096 },
  cgroup: { version: 1, path: '/tare-1/lxc-1' },
  masked: { folders: ['/sys/firmware'], files: ['/proc/keys'] },
  seccomp: '/run/tare/lxc.seccomp',
  cpuset: [0, 2],
  limitsSwap: true,
  networkNamespace: '/run/netns/one',
};

function lines(change: Partial<typeof input> = {}): string[] {
  return lxcConfig({ ...input, ...change }).split('\n');
}

it('says where, within what and with which rights the container runs', () => {
  expect(lines()).toEqual(
    expect.arrayContaining([
      'lxc.rootfs.path = dir:/scratch/merged',
      'lxc.namespace.share.net = /run/netns/one',
      'lxc.prlimit.nofile = 1024:4096',
      'lxc.seccomp.profile = /run/tare/lxc.seccomp',
      'lxc.mount.entry = /dev/null proc/keys none bind,optional 0 0',
      'lxc.signal.halt = SIGQUIT',
      'lxc.cgroup.dir.container = tare-1/lxc-1/workload',
      'lxc.cgroup.dir.monitor = tare-1/lxc-1/monitor',
    ]),
  );
});

it('limits memory before memory and swap together, as the kernel asks on v1', () => {
  const limits = lines().filter((line) => /^lxc\.cgroup2?\.(memory|cpu)/.test(line));
  expect(limits).toEqual([
    'lxc.cgroup.memory.limit_in_bytes = 67108864',
    'lxc.cgroup.memory.memsw.limit_in_bytes = 67108864',
    'lxc.cgroup.cpu.cfs_period_us = 100000',
    'lxc.cgroup.cpu.cfs_quota_us = 50000',
    'lxc.cgroup.cpuset.cpus = 0,2',
  ]);
});

it("uses v2's own files there, and leaves out what is not asked for", () => {
  const cgroup = { version: 2 as const, path: '/tare-1/lxc-1' };
  const limits = lines({ cgroup, cpuset: null }).filter((line) => /^lxc\.cgroup2?\.(memory|cpu)/.test(line));
  expect(limits).toEqual([
    'lxc.cgroup2.memory.max = 67108864',
    'lxc.cgroup2.memory.swap.max = 0',
    'lxc.cgroup2.cpu.max = 50000 100000',
  ]);
  expect(lines({ cgroup, limitsSwap: false }).join('\n')).not.toContain('swap');
});

it('has no filter of system calls where the workload wants none', () => {
  expect(lines({ seccomp: null }).join('\n')).not.toContain('seccomp');
});
