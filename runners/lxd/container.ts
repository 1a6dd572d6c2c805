/** What the daemon is told of a container. */
import type { ReservedPlace } from '../machine/network/network.ts';
import { boxEnvironment, type LaunchUser } from '../shared/payload-launch.ts';
import { lxcPlaces, lxcProcess } from '../lxc/config.ts';
import { capabilities } from '../oci/spec.ts';
import type { Launch, Limits, OpenFileLimit } from '../runner.ts';

export interface ContainerInput {
  name: string;
  /** Alias of the image. */
  image: string;
  pool: string;
  launch: Launch;
  user: LaunchUser;
  limits: Limits;
  cpuset: number[] | null;
  openFiles: OpenFileLimit;
  place: ReservedPlace;
  /** Path of the instance's cgroup. */
  cgroup: string;
  /** A named pipe for what the workload prints. */
  console: string;
}

/** The body of a request for a new container (https://documentation.ubuntu.com/lxd, "Instance configuration"). */
export function containerRequest(input: ContainerInput): Record<string, unknown> {
  const { launch, user, limits, cpuset, place } = input;
  const environment = Object.entries(boxEnvironment(launch, user));
  return {
    name: input.name,
    source: { type: 'image', alias: input.image },
    profiles: [],
    config: {
      'security.privileged': 'true',
      // Its socket would be in the container's /dev.
      'security.devlxd': 'false',
      // The daemon raises its own limit, and containers would have that.
      'limits.kernel.nofile': `${input.openFiles.soft}:${input.openFiles.hard}`,
      'limits.memory': `${limits.memoryBytes}B`,
      'limits.cpu.allowance': `${Math.max(1, Math.round(limits.cpus * 100))}ms/100ms`,
      // Written as ranges: a single number would be a count.
      ...(cpuset !== null && { 'limits.cpu': cpuset.map((cpu) => `${cpu}-${cpu}`).join(',') }),
      ...Object.fromEntries(environment.map(([name, value]) => [`environment.${name}`, value])),
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

/** What the daemon has no word for: liblxc is told directly. */
function rawConfig({ launch, user, cgroup, place, console }: ContainerInput): string {
  const entries: [string, string][] = [
    ['lxc.init.cmd', initCommand(launch.command)],
    ...lxcProcess(launch, user),
    ...lxcPlaces(cgroup),
    ...boxEntries(launch),
    ['lxc.net.0.ipv4.address', `${place.address}/${place.prefixLength}`],
    ['lxc.net.0.ipv4.gateway', place.gateway],
    ['lxc.console.logfile', console],
    // Neither a buffer nor a size, which the daemon sets, goes with a pipe; nothing clears them but an empty value.
    ['lxc.console.buffer.size', ''],
    ['lxc.console.size', ''],
    // At this level it tells how the first process ended.
    ['lxc.log.level', 'info'],
  ];
  return entries.map(([key, value]) => `${key} = ${value}`).join('\n');
}

/** What docker has, in place of what the daemon has said before: an empty value takes all of a key's back. */
function boxEntries({ box }: Launch): [string, string][] {
  return [
    ['lxc.uts.name', box.hostname],
    ['lxc.cap.drop', ''],
    ['lxc.cap.keep', capabilities.map((name) => name.replace('CAP_', '').toLowerCase()).join(' ')],
    ...(box.seccomp === 'none' ? [['lxc.seccomp.profile', ''] as [string, string]] : []),
    ['lxc.mount.auto', ''],
    ['lxc.mount.auto', 'proc:mixed sys:ro cgroup:ro'],
    ['lxc.mount.entry', ''],
    [
      'lxc.mount.entry',
      `shm dev/shm tmpfs nosuid,nodev,noexec,mode=1777,size=${box.shmSizeBytes},create=dir 0 0`,
    ],
    ['lxc.mount.entry', 'mqueue dev/mqueue mqueue nosuid,nodev,noexec,create=dir 0 0'],
  ];
}

/** Throws where liblxc, which splits the line at blanks and knows no quotes, would start something else. */
export function initCommand(command: readonly string[]): string {
  const spoilt = command.find((argument) => argument === '' || /\s/.test(argument));
  if (spoilt !== undefined) {
    throw new Error(
      `LXD cannot start a command with the argument ${JSON.stringify(spoilt)}: it takes none that is empty or has ` +
        'blanks in it. Put the command into a script of the payload',
    );
  }
  return command.join(' ');
}

/** Its names are host names, and dots are not allowed in them; instances' ids may hold some. */
export function containerName(id: string): string {
  return `tare-${id.replace(/[^a-z0-9]+/gi, '-')}`;
}
