/** The bundle's config.json (https://github.com/opencontainers/runtime-spec), with Docker's defaults where it has any. */
import { boxEnvironment, type LaunchUser } from '../shared/payload-launch.ts';
import type { Launch, OpenFileLimit } from '../runner.ts';

/** What every container is told, whoever starts it from a bundle. */
export interface BundleInput {
  hostname: string;
  /** Absolute path of the root file system. */
  root: string;
  launch: Launch;
  user: LaunchUser;
  openFiles: OpenFileLimit;
  /** Path of the instance's network namespace; null: whoever starts it is in that already. */
  networkNamespace: string | null;
}

export interface SpecInput extends BundleInput {
  /** A cgroup that exists and has its limits already; the runtime joins it. */
  cgroup: { version: 1 | 2; path: string };
  /** Said again here, since crun takes swap for unlimited where nothing is said; null without swap accounting. */
  memoryAndSwapBytes: number | null;
}

/** Those that docker gives. */
export const capabilities = [
  ...[
    'CAP_AUDIT_WRITE',
    'CAP_CHOWN',
    'CAP_DAC_OVERRIDE',
    'CAP_FOWNER',
    'CAP_FSETID',
    'CAP_KILL',
    'CAP_MKNOD',
  ],
  ...['CAP_NET_BIND_SERVICE', 'CAP_NET_RAW', 'CAP_SETFCAP', 'CAP_SETGID', 'CAP_SETPCAP', 'CAP_SETUID'],
  'CAP_SYS_CHROOT',
];

const maskedPaths = [
  ...['/proc/acpi', '/proc/asound', '/proc/kcore', '/proc/keys', '/proc/latency_stats', '/proc/sched_debug'],
  ...[
    '/proc/scsi',
    '/proc/timer_list',
    '/proc/timer_stats',
    '/sys/devices/virtual/powercap',
    '/sys/firmware',
  ],
];

const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

export function containerSpec(input: SpecInput): Record<string, unknown> {
  const { cgroup, memoryAndSwapBytes } = input;
  const { process, namespaces, ...rest } = bundleParts(input);
  return {
    ociVersion: '1.0.2',
    ...rest,
    process: {
      ...process,
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
    },
    mounts: mounts(),
    linux: {
      cgroupsPath: cgroup.path,
      namespaces: [...namespaces, ...(cgroup.version === 2 ? [{ type: 'cgroup' }] : [])],
      resources: {
        devices: [{ allow: false, access: 'rwm' }],
        ...(memoryAndSwapBytes !== null && {
          memory: { limit: memoryAndSwapBytes, swap: memoryAndSwapBytes },
        }),
      },
      maskedPaths,
      readonlyPaths,
    },
  };
}

/** Parts of a bundle's configuration that do not depend on who starts it. */
export function bundleParts({ launch, user, openFiles, ...input }: BundleInput): {
  hostname: string;
  root: { path: string; readonly: boolean };
  process: Record<string, unknown>;
  namespaces: { type: string; path?: string }[];
} {
  return {
    hostname: input.hostname,
    root: { path: input.root, readonly: false },
    process: {
      terminal: false,
      user: { uid: user.uid, gid: user.gid, additionalGids: [] },
      args: launch.command,
      env: Object.entries(boxEnvironment(launch, user)).map(([name, value]) => `${name}=${value}`),
      cwd: launch.workdir,
      rlimits: [{ type: 'RLIMIT_NOFILE', ...openFiles }],
      noNewPrivileges: false,
    },
    namespaces: [
      ...['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
      ...(input.networkNamespace === null ? [] : [{ type: 'network', path: input.networkNamespace }]),
    ],
  };
}

function mounts(): Record<string, unknown>[] {
  const safe = ['nosuid', 'noexec', 'nodev'];
  return [
    { destination: '/proc', type: 'proc', source: 'proc', options: safe },
    {
      destination: '/dev',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
    },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
    },
    { destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...safe, 'ro'] },
    {
      destination: '/sys/fs/cgroup',
      type: 'cgroup',
      source: 'cgroup',
      options: [...safe, 'relatime', 'ro'],
    },
    { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: safe },
    {
      destination: '/dev/shm',
      type: 'tmpfs',
      source: 'shm',
      options: [...safe, 'mode=1777', 'size=65536k'],
    },
  ];
}
