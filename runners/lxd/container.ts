/** What the daemon is told of a container. */
import type { ReservedPlace } from '../machine/network/network.ts';
import { lxcBox, lxcPlaces, lxcSwapLimit } from '../lxc/config.ts';
import type { MaskedPaths } from '../shared/box.ts';
import type { Launch, Limits, OpenFileLimit } from '../runner.ts';

export interface ContainerInput {
  name: string;
  socketKey: string;
  /** Alias of the image. */
  image: string;
  pool: string;
  launch: Launch;
  limits: Limits;
  cpuset: number[] | null;
  openFiles: OpenFileLimit;
  place: ReservedPlace;
  /** The instance's. */
  cgroup: { version: 1 | 2; path: string };
  /** Whether the kernel accounts swap. */
  limitsSwap: boolean;
  /** What tells of the machine and is empty inside. */
  masked: MaskedPaths;
  /** File with the filter of system calls; null: there is none. */
  seccomp: string | null;
  /** A named pipe for what is printed. */
  console: string;
  /** Path inside of the program that the container begins with. */
  start: string;
}

/** The body of a request for a new container (https://documentation.ubuntu.com/lxd, "Instance configuration"). */
export function containerRequest(input: ContainerInput): Record<string, unknown> {
  const { limits, cpuset, place } = input;
  return {
    name: input.name,
    source: { type: 'image', alias: input.image },
    profiles: [],
    config: {
      'security.privileged': 'true',
      // Its socket would be in the container's /dev.
      [input.socketKey]: 'false',
      // The daemon raises its own limit, and containers would have that.
      'limits.kernel.nofile': `${input.openFiles.soft}:${input.openFiles.hard}`,
      'limits.memory': `${limits.memoryBytes}B`,
      'limits.cpu.allowance': `${Math.max(1, Math.round(limits.cpus * 100))}ms/100ms`,
      // Written as ranges: a single number would be a count.
      ...(cpuset !== null && { 'limits.cpu': cpuset.map((cpu) => `${cpu}-${cpu}`).join(',') }),
      'raw.lxc': rawConfig(input),
    },
    devices: {
      root: { type: 'disk', path: '/', pool: input.pool },
      eth0: {
        type: 'nic',
        nictype: 'bridged',
        name: 'eth0',
        parent: place.bridge,
        host_name: place.device,
        hwaddr: place.mac,
      },
    },
  };
}

/** What the daemon has no word for: liblxc is told directly. An empty value takes back all of a key that the daemon has said. */
function rawConfig(input: ContainerInput): string {
  const { launch, place } = input;
  const entries: [string, string][] = [
    ...['lxc.cap.drop', 'lxc.seccomp.profile', 'lxc.mount.auto', 'lxc.mount.entry'].map(
      (key): [string, string] => [key, ''],
    ),
    ...lxcBox({ ...launch, ...input, keeps: ['SYS_ADMIN'] }),
    ['lxc.init.cmd', input.start],
    ['lxc.signal.halt', launch.stopSignal],
    ...lxcPlaces(input.cgroup.path),
    // Daemons differ in what they make of it: Debian 13's LXD leaves all swap to the container.
    ...lxcSwapLimit(input),
    ['lxc.net.0.ipv4.address', `${place.address}/${place.prefixLength}`],
    ['lxc.net.0.ipv4.gateway', place.gateway],
    ['lxc.console.logfile', input.console],
    // Neither a buffer nor a size, which the daemon sets, goes with a pipe; nothing clears them but an empty value.
    ['lxc.console.buffer.size', ''],
    ['lxc.console.size', ''],
    // At this level it tells how the first process ended.
    ['lxc.log.level', 'info'],
  ];
  return entries.map(([key, value]) => `${key} = ${value}`).join('\n');
}

/** Its names are host names, and dots are not allowed in them; instances' ids may hold some. */
export function containerName(id: string): string {
  return `tare-${id.replace(/[^a-z0-9]+/gi, '-')}`;
}
