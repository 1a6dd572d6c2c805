/** The bundle's config.json (https://github.com/opencontainers/runtime-spec), with Docker's defaults where it has any. */
import { boxEnvironment, type LaunchUser } from '../shared/payload-launch.ts';
import { capabilityNumbers, maskedPaths, readonlyPaths } from '../shared/box.ts';
import type { SeccompFilter } from '../shared/seccomp.ts';
import type { Launch, OpenFileLimit } from '../runner.ts';

export interface SpecInput {
  hostname: string;
  /** Absolute path of the root file system. */
  root: string;
  launch: Launch;
  user: LaunchUser;
  openFiles: OpenFileLimit;
  /** Path of the instance's network namespace; null: whoever starts it is in that already. */
  networkNamespace: string | null;
  /** The filter of system calls, null: none. */
  seccomp: SeccompFilter | null;
  /** A cgroup that exists and has its limits already; the runtime joins it. */
  cgroup: { version: 1 | 2; path: string };
  /** What the runtime is to set in the cgroup; null: nothing. */
  resources: {
    /** Said again here, since crun takes swap for unlimited where nothing is said; null without swap accounting. */
    memoryAndSwapBytes: number | null;
  } | null;
  /** Files of this machine by their paths inside. */
  files: Readonly<Record<string, string>>;
}

/** Those that docker gives. */
export const capabilities = Object.keys(capabilityNumbers).map((name) => `CAP_${name}`);

export function containerSpec(input: SpecInput): Record<string, unknown> {
  const { cgroup, resources, networkNamespace, launch, user, openFiles } = input;
  return {
    ociVersion: '1.0.2',
    hostname: input.hostname,
    root: { path: input.root, readonly: false },
    process: {
      terminal: false,
      user: { uid: user.uid, gid: user.gid, additionalGids: user.groups },
      args: launch.command,
      env: Object.entries(boxEnvironment(launch, user)).map(([name, value]) => `${name}=${value}`),
      cwd: launch.workdir,
      rlimits: [{ type: 'RLIMIT_NOFILE', ...openFiles }],
      noNewPrivileges: false,
      // As docker: what execve would take from any other user is not given; gVisor would leave it.
      capabilities: {
        bounding: capabilities,
        ...(user.uid === 0 && { effective: capabilities, permitted: capabilities }),
      },
    },
    mounts: mounts(input),
    linux: {
      cgroupsPath: cgroup.path,
      namespaces: [
        ...['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
        ...(networkNamespace === null ? [] : [{ type: 'network', path: networkNamespace }]),
        ...(cgroup.version === 2 ? [{ type: 'cgroup' }] : []),
      ],
      ...(resources !== null && { resources: resourcesOf(resources) }),
      maskedPaths,
      readonlyPaths,
      ...(input.seccomp !== null && { seccomp: input.seccomp }),
    },
  };
}

function resourcesOf({
  memoryAndSwapBytes: bytes,
}: NonNullable<SpecInput['resources']>): Record<string, unknown> {
  return {
    devices: [{ allow: false, access: 'rwm' }],
    ...(bytes !== null && { memory: { limit: bytes, swap: bytes } }),
  };
}

function mounts({ launch, files }: SpecInput): Record<string, unknown>[] {
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
      options: [...safe, 'mode=1777', `size=${launch.box.shmSizeBytes}`],
    },
    ...Object.entries(files).map(([destination, source]) => ({
      destination,
      type: 'bind',
      source,
      options: ['rbind', 'rprivate'],
    })),
  ];
}
