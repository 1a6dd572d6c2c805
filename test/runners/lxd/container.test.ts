import { expect, it } from 'vitest';
import { containerName, containerRequest } from '../../../runners/lxd/container.ts';
import { launch } from '../../fixtures/launch.ts';

const input: Parameters<typeof containerRequest>[0] = {
  name: 'tare-lxd-1',
  socketKey: 'security.devlxd',
  image: 'payload',
  pool: 'tare',
  launch,
  limits: { cpus: 1.5, memoryBytes: 64 * 2 ** 20 },
  cpuset: [0, 2],
  openFiles: { soft: 1024, hard: 4096 },
  place: {
    address: '10.87.0.2',
    prefixLength: 22,
    gateway: '10.87.0.1',
    mac: '02:74:61:72:00:02',
    bridge: 'br0',
    device: 'e2',
    dispose: () => Promise.resolve(),
  },
  cgroup: { version: 1, path: '/tare-1/lxd-1' },
  limitsSwap: true,
  console: '/pool/tare-lxd-1/rootfs/.tare-output',
  start: '/.tare-start',
  masked: { folders: [], files: ['/proc/keys'] },
  seccomp: '/run/tare/seccomp',
};

it("asks for limits and network in the daemon's words", () => {
  expect(containerRequest(input)).toMatchObject({
    name: 'tare-lxd-1',
    profiles: [],
    config: {
      'limits.memory': '67108864B',
      'limits.cpu.allowance': '150ms/100ms',
      // "0,2" would be read as a set, but "0" alone as a count.
      'limits.cpu': '0-0,2-2',
      'limits.kernel.nofile': '1024:4096',
    },
    devices: { eth0: { nictype: 'bridged', parent: 'br0', host_name: 'e2', hwaddr: '02:74:61:72:00:02' } },
  });
  expect(containerRequest(input)).toHaveProperty(['config', 'security.devlxd'], 'false');
  // Incus knows no key of the other name, and refuses a container that has it.
  const { config } = containerRequest({ ...input, socketKey: 'security.guestapi' }) as { config: object };
  expect(config).not.toHaveProperty(['security.devlxd']);
  expect(config).toHaveProperty(['security.guestapi'], 'false');
  expect(containerRequest({ ...input, cpuset: null })).not.toHaveProperty('config.limits.cpu');
});

it('tells liblxc what the daemon has no words for', () => {
  const { config } = containerRequest(input) as { config: Record<string, string> };
  expect(config['raw.lxc']?.split('\n')).toEqual(
    expect.arrayContaining([
      'lxc.init.cmd = /.tare-start',
      'lxc.seccomp.profile = /run/tare/seccomp',
      'lxc.mount.entry = /dev/null proc/keys none bind,optional 0 0',
      'lxc.signal.halt = SIGQUIT',
      'lxc.cgroup.dir.container = tare-1/lxd-1/workload',
      'lxc.cgroup.memory.memsw.limit_in_bytes = 67108864',
      'lxc.net.0.ipv4.address = 10.87.0.2/22',
      'lxc.console.logfile = /pool/tare-lxd-1/rootfs/.tare-output',
      'lxc.console.size = ',
      'lxc.uts.name = box',
      'lxc.mount.entry = shm dev/shm tmpfs nosuid,nodev,noexec,mode=1777,size=67108864,create=dir 0 0',
    ]),
  );
});

it("takes back the daemon's own filter of system calls before it says which there is", () => {
  const linesOf = (seccomp: string | null): string[] => {
    const { config } = containerRequest({ ...input, seccomp }) as { config: Record<string, string> };
    return (config['raw.lxc'] ?? '').split('\n').filter((line) => line.startsWith('lxc.seccomp'));
  };
  expect(linesOf('/x')).toEqual(['lxc.seccomp.profile = ', 'lxc.seccomp.profile = /x']);
  expect(linesOf(null)).toEqual(['lxc.seccomp.profile = ']);
});

it('makes a host name of an id', () => {
  expect(containerName('my.platform-b1')).toBe('tare-my-platform-b1');
});

it('limits swap along with memory as the kernel has it', () => {
  const lines = (more: Partial<typeof input>): string[] => {
    const { config } = containerRequest({ ...input, ...more }) as { config: Record<string, string> };
    return (config['raw.lxc'] ?? '').split('\n').filter((line) => /memsw|swap/.test(line));
  };
  expect(lines({ cgroup: { version: 2, path: '/x' } })).toEqual(['lxc.cgroup2.memory.swap.max = 0']);
  expect(lines({ limitsSwap: false })).toEqual([]);
});
