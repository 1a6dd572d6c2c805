/** A container's configuration as liblxc reads it (lxc.container.conf(5)). */
import type { LaunchUser } from '../shared/payload-launch.ts';
import { capabilityNumbers, readonlyPaths } from '../shared/box.ts';
import { boxEnvironment } from '../shared/payload-launch.ts';
import type { Launch, Limits, OpenFileLimit } from '../runner.ts';

export interface LxcConfigInput {
  name: string;
  /** Absolute path of the root file system. */
  root: string;
  launch: Launch;
  user: LaunchUser;
  limits: Limits;
  openFiles: OpenFileLimit;
  /** The instance's cgroup; liblxc makes and removes those below it, and sets the limits. */
  cgroup: { version: 1 | 2; path: string };
  /** What tells of the machine and is empty inside. */
  masked: { folders: string[]; files: string[] };
  cpuset: number[] | null;
  /** Whether the kernel accounts swap. */
  limitsSwap: boolean;
  /** Path of the instance's network namespace. */
  networkNamespace: string;
}

/** Names of the cgroups that liblxc makes below the instance's: the container's, and the one of its own monitor. */
export const lxcCgroups = { workload: 'workload', monitor: 'monitor', pivot: 'pivot' } as const;

const keptCapabilities = Object.keys(capabilityNumbers).map((name) => name.toLowerCase());

export function lxcConfig(input: LxcConfigInput): string {
  const { launch, user } = input;
  const entries: [string, string][] = [
    ['lxc.uts.name', launch.box.hostname],
    ['lxc.rootfs.path', `dir:${input.root}`],
    ['lxc.mount.auto', 'proc:mixed sys:ro cgroup:ro'],
    [
      'lxc.mount.entry',
      `shm dev/shm tmpfs nosuid,noexec,nodev,mode=1777,size=${launch.box.shmSizeBytes},create=dir 0 0`,
    ],
    ['lxc.mount.entry', 'mqueue dev/mqueue mqueue nosuid,noexec,nodev,create=dir,optional 0 0'],
    ...readonlyPaths
      .filter((path) => path !== '/proc/sys' && path !== '/proc/sysrq-trigger')
      .map((path): [string, string] => [
        'lxc.mount.entry',
        `${path} ${path.slice(1)} none bind,ro,nosuid,nodev,noexec,optional 0 0`,
      ]),
    ...maskedEntries(input.masked),
    ['lxc.namespace.share.net', input.networkNamespace],
    // Output goes where lxc-start's own does.
    ['lxc.console.path', 'none'],
    ['lxc.tty.max', '0'],
    // Without any there is no /dev/ptmx.
    ['lxc.pty.max', '1024'],
    ['lxc.apparmor.profile', 'unconfined'],
    ['lxc.cap.keep', keptCapabilities.join(' ')],
    ['lxc.prlimit.nofile', `${input.openFiles.soft}:${input.openFiles.hard}`],
    ...lxcProcess(launch, user),
    ...Object.entries(boxEnvironment(launch, user)).map(([name, value]): [string, string] => [
      'lxc.environment',
      quoted(`${name}=${value}`),
    ]),
    ...lxcPlaces(input.cgroup.path),
    ...lxcLimits(input),
  ];
  return entries.map(([key, value]) => `${key} = ${value}\n`).join('');
}

/** As whom and where the workload runs, and how it is asked to end. */
export function lxcProcess(launch: Launch, user: LaunchUser): [string, string][] {
  return [
    ['lxc.init.uid', String(user.uid)],
    ['lxc.init.gid', String(user.gid)],
    ['lxc.init.groups', user.groups.join(',')],
    ['lxc.init.cwd', launch.workdir],
    ['lxc.signal.halt', launch.stopSignal],
  ];
}

/** Where the cgroups are; `pivot` is where the monitor goes while it removes its own. */
export function lxcPlaces(path: string): [string, string][] {
  const below = path.replace(/^\//, '');
  return [
    ['lxc.cgroup.dir.container', `${below}/${lxcCgroups.workload}`],
    ['lxc.cgroup.dir.monitor', `${below}/${lxcCgroups.monitor}`],
    ['lxc.cgroup.dir.monitor.pivot', `${below}/${lxcCgroups.pivot}`],
  ];
}

/** The order counts: the kernel takes a limit of memory and swap together only where it is not below that of memory. */
function lxcLimits({ limits, cgroup, cpuset, limitsSwap }: LxcConfigInput): [string, string][] {
  const periodUs = 100_000;
  const quotaUs = String(Math.round(limits.cpus * periodUs));
  const memory = String(limits.memoryBytes);
  const cpus = cpuset?.join(',');
  if (cgroup.version === 2) {
    return [
      ['lxc.cgroup2.memory.max', memory],
      ...optional('lxc.cgroup2.memory.swap.max', limitsSwap ? '0' : null),
      ['lxc.cgroup2.cpu.max', `${quotaUs} ${periodUs}`],
      ...optional('lxc.cgroup2.cpuset.cpus', cpus),
    ];
  }
  return [
    ['lxc.cgroup.memory.limit_in_bytes', memory],
    ...optional('lxc.cgroup.memory.memsw.limit_in_bytes', limitsSwap ? memory : null),
    ['lxc.cgroup.cpu.cfs_period_us', String(periodUs)],
    ['lxc.cgroup.cpu.cfs_quota_us', quotaUs],
    ...optional('lxc.cgroup.cpuset.cpus', cpus),
  ];
}

/** A folder is hidden by an empty one, a file by /dev/null. */
function maskedEntries({ folders, files }: LxcConfigInput['masked']): [string, string][] {
  return [
    ...folders.map((path) => `tmpfs ${path.slice(1)} tmpfs ro,nosuid,nodev,noexec,size=4k,optional 0 0`),
    ...files.map((path) => `/dev/null ${path.slice(1)} none bind,optional 0 0`),
  ].map((entry) => ['lxc.mount.entry', entry]);
}

function optional(key: string, value: string | null | undefined): [string, string][] {
  return value === null || value === undefined ? [] : [[key, value]];
}

/** One pair of quotes around a value is taken off again; without it, blanks at its end would be. */
function quoted(value: string): string {
  if (/[\n\r]/.test(value)) {
    throw new Error(
      'LXC cannot hand a variable with a line feed to a container; remove it from the environment',
    );
  }
  return `"${value}"`;
}
