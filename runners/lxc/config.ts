/** A container's configuration as liblxc reads it (lxc.container.conf(5)). */
import { capabilityNumbers, readonlyPaths, type MaskedPaths } from '../shared/box.ts';
import type { Box, Launch, Limits, OpenFileLimit } from '../runner.ts';

interface LxcBox {
  box: Box;
  /** What tells of the machine and is empty inside. */
  masked: MaskedPaths;
  /** File with the filter of system calls; null: there is none. */
  seccomp: string | null;
  /** Capabilities that the start program needs and takes off, besides those that the workload has. */
  keeps?: readonly string[];
}

export interface LxcConfigInput extends Omit<LxcBox, 'box' | 'keeps'> {
  name: string;
  /** Absolute path of the root file system. */
  root: string;
  launch: Launch;
  limits: Limits;
  openFiles: OpenFileLimit;
  /** The instance's cgroup; liblxc makes and removes those below it, and sets the limits. */
  cgroup: { version: 1 | 2; path: string };
  cpuset: number[] | null;
  /** Whether the kernel accounts swap. */
  limitsSwap: boolean;
  /** Path of the instance's network namespace. */
  networkNamespace: string;
}

/** Names of the cgroups that liblxc makes below the instance's: the container's, and the one of its own monitor. */
export const lxcCgroups = { workload: 'workload', monitor: 'monitor', pivot: 'pivot' } as const;

export function lxcConfig(input: LxcConfigInput): string {
  const entries: [string, string][] = [
    ['lxc.rootfs.path', `dir:${input.root}`],
    ...lxcBox({ ...input.launch, ...input }),
    ['lxc.namespace.share.net', input.networkNamespace],
    // Output goes where lxc-start's own does.
    ['lxc.console.path', 'none'],
    ['lxc.tty.max', '0'],
    ['lxc.apparmor.profile', 'unconfined'],
    ['lxc.prlimit.nofile', `${input.openFiles.soft}:${input.openFiles.hard}`],
    ['lxc.signal.halt', input.launch.stopSignal],
    ...lxcPlaces(input.cgroup.path),
    ...lxcLimits(input),
  ];
  return entries.map(([key, value]) => `${key} = ${value}\n`).join('');
}

/**
 * What docker has in its containers. User, environment, working directory and the lack of inheritable capabilities are the start
 * program's, which the container begins with as root.
 */
export function lxcBox({ box, masked, seccomp, keeps = [] }: LxcBox): [string, string][] {
  const safe = 'nosuid,nodev,noexec';
  const kept = [...Object.keys(capabilityNumbers), ...keeps].join(' ').toLowerCase();
  return [
    ['lxc.uts.name', box.hostname],
    // Without any there is no /dev/ptmx.
    ['lxc.pty.max', '1024'],
    ['lxc.cap.keep', kept],
    ...optional('lxc.seccomp.profile', seccomp),
    // `force`: even where liblxc finds that the container could mount its cgroups itself.
    ['lxc.mount.auto', 'proc:mixed sys:ro cgroup:ro:force'],
    ['lxc.mount.entry', `shm dev/shm tmpfs ${safe},mode=1777,size=${box.shmSizeBytes},create=dir 0 0`],
    ['lxc.mount.entry', `mqueue dev/mqueue mqueue ${safe},create=dir,optional 0 0`],
    ...readonlyPaths
      .filter((path) => path !== '/proc/sys' && path !== '/proc/sysrq-trigger')
      .map((path): [string, string] => [
        'lxc.mount.entry',
        `${path} ${path.slice(1)} none bind,ro,${safe},optional 0 0`,
      ]),
    ...maskedEntries(masked),
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

/** So that no swap comes on top of the limit of memory; nothing where the kernel does not account it. */
export function lxcSwapLimit({
  limits,
  cgroup,
  limitsSwap,
}: Pick<LxcConfigInput, 'limits' | 'cgroup' | 'limitsSwap'>): [string, string][] {
  if (!limitsSwap) return [];
  if (cgroup.version === 2) return [['lxc.cgroup2.memory.swap.max', '0']];
  return [['lxc.cgroup.memory.memsw.limit_in_bytes', String(limits.memoryBytes)]];
}

/** The order counts: the kernel takes a limit of memory and swap together only where it is not below that of memory. */
function lxcLimits(input: LxcConfigInput): [string, string][] {
  const { limits, cgroup, cpuset } = input;
  const periodUs = 100_000;
  const quotaUs = String(Math.round(limits.cpus * periodUs));
  const memory = String(limits.memoryBytes);
  const cpus = cpuset?.join(',');
  if (cgroup.version === 2) {
    return [
      ['lxc.cgroup2.memory.max', memory],
      ...lxcSwapLimit(input),
      ['lxc.cgroup2.cpu.max', `${quotaUs} ${periodUs}`],
      ...optional('lxc.cgroup2.cpuset.cpus', cpus),
    ];
  }
  return [
    ['lxc.cgroup.memory.limit_in_bytes', memory],
    ...lxcSwapLimit(input),
    ['lxc.cgroup.cpu.cfs_period_us', String(periodUs)],
    ['lxc.cgroup.cpu.cfs_quota_us', quotaUs],
    ...optional('lxc.cgroup.cpuset.cpus', cpus),
  ];
}

/** A folder is hidden by an empty one, a file by /dev/null. */
function maskedEntries({ folders, files }: MaskedPaths): [string, string][] {
  return [
    ...folders.map((path) => `tmpfs ${path.slice(1)} tmpfs ro,nosuid,nodev,noexec,size=4k,optional 0 0`),
    ...files.map((path) => `/dev/null ${path.slice(1)} none bind,optional 0 0`),
  ].map((entry) => ['lxc.mount.entry', entry]);
}

function optional(key: string, value: string | null | undefined): [string, string][] {
  return value === null || value === undefined ? [] : [[key, value]];
}
