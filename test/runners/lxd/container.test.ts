import { expect, it } from 'vitest';
import { containerName, containerRequest, initCommand } from '../../../runners/lxd/container.ts';
import { launch, launchUser } from '../../fixtures/launch.ts';

const input: Parameters<typeof containerRequest>[0] = {
  name: 'tare-lxd-1',
  image: 'payload',
  pool: 'tare',
  launch,
  user: launchUser,
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
  cgroup: '/tare-1/lxd-1',
  console: '/run/tare/consoles/lxd-1',
};

it("asks for limits, environment and network in the daemon's words", () => {
  expect(containerRequest(input)).toMatchObject({
    name: 'tare-lxd-1',
    profiles: [],
    config: {
      'limits.memory': '67108864B',
      'limits.cpu.allowance': '150ms/100ms',
      // "0,2" would be read as a set, but "0" alone as a count.
      'limits.cpu': '0-0,2-2',
      'limits.kernel.nofile': '1024:4096',
      'environment.GREETING': 'two  words ',
      'environment.HOME': '/home/www',
    },
    devices: { eth0: { nictype: 'bridged', parent: 'br0', host_name: 'e2', hwaddr: '02:74:61:72:00:02' } },
  });
  expect(containerRequest({ ...input, cpuset: null })).not.toHaveProperty('config.limits.cpu');
});

it('tells liblxc what the daemon has no words for', () => {
  const { config } = containerRequest(input) as { config: Record<string, string> };
  expect(config['raw.lxc']?.split('\n')).toEqual(
    expect.arrayContaining([
      'lxc.init.cmd = /bin/server --port=8080',
      'lxc.init.uid = 4711',
      'lxc.signal.halt = SIGQUIT',
      'lxc.cgroup.dir.container = tare-1/lxd-1/workload',
      'lxc.net.0.ipv4.address = 10.87.0.2/22',
      'lxc.console.logfile = /run/tare/consoles/lxd-1',
      'lxc.console.size = ',
      'lxc.uts.name = box',
      'lxc.mount.entry = shm dev/shm tmpfs nosuid,nodev,noexec,mode=1777,size=67108864,create=dir 0 0',
    ]),
  );
});

it.each([['two words'], ['a\ttab'], ['']])(
  'refuses the argument %j, which would be split or lost',
  (argument) => {
    expect(() => initCommand(['/bin/server', argument])).toThrow(/cannot start a command with the argument/);
  },
);

it('makes a host name of an id', () => {
  expect(containerName('my.platform-b1')).toBe('tare-my-platform-b1');
});
