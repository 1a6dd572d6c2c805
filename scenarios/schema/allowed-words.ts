/** The words a scenario file may use. Each list drives the types, the schema, the help and the messages. */

/** What is done to an instance to see whether it comes back. */
export const faultKinds = ['kill', 'oom', 'box', 'panic', 'hang'] as const;
export type FaultKind = (typeof faultKinds)[number];

/** What an aggressor does to its neighbor; `idle` does nothing, which tests the instrument. */
export const aggressorKinds = [
  'idle',
  'cpu',
  'memory',
  'memory-bandwidth',
  'fork',
  'disk',
  'network',
  'kernel',
] as const;
export type AggressorKind = (typeof aggressorKinds)[number];

/** Whether instances have limits of their own, or only what their platform gives them by default. */
export const limitStates = ['off', 'on'] as const;
export type LimitState = (typeof limitStates)[number];

/** Ways to find out how many instances fit. */
export const densityWays = ['ramp', 'search'] as const;
export type DensityWay = (typeof densityWays)[number];

/** Same-page merging while density is measured; `as-is` leaves the machine's own state. */
export const mergingStates = ['as-is', 'off', 'on'] as const;
export type MergingState = (typeof mergingStates)[number];

export const pageCacheStates = ['warm', 'cold'] as const;
export type PageCacheState = (typeof pageCacheStates)[number];

/** What a CPU does while it has nothing to do; `as-is` leaves it to the machine's own settings. */
export const idleCpusStates = ['poll', 'as-is'] as const;
export type IdleCpus = (typeof idleCpusStates)[number];

export const machineTypes = ['q35', 'pc', 'microvm'] as const;

export const guestKinds = ['minimal', 'full'] as const;

export const firmwares = ['seabios', 'uefi'] as const;
/** Debian 12 and 13. */
export const guestSuites = ['bookworm', 'trixie'] as const;

export const startKinds = ['boot', 'snapshot'] as const;

/** QEMU's cache modes of a disk. */
export const diskCaches = ['writeback', 'none', 'writethrough', 'directsync', 'unsafe'] as const;

/** Formats of a VM's disk, by the names that qemu-img has for them, and what they come from: QEMU, VMware, Hyper-V, VirtualBox. */
export const diskFormats = ['raw', 'qcow2', 'vmdk', 'vhdx', 'vdi'] as const;
export type DiskFormat = (typeof diskFormats)[number];

export const accelChoices = ['auto', 'kvm', 'tcg'] as const;
export type AccelChoice = (typeof accelChoices)[number];

export const gateLevels = ['off', 'warn', 'error'] as const;
export type GateLevel = (typeof gateLevels)[number];

export const rootfsVariants = [
  'extract',
  'essential',
  'apt',
  'required',
  'minbase',
  'important',
  'standard',
] as const;

/** Sources of a root filesystem that also say how to start what is in it. */
export const imageSources = ['oci', 'containerfile'] as const;

/** What an image can say of the start, by the workload's keys. */
export const imageFields = ['command', 'environment', 'user', 'workdir', 'port', 'stop-signal'] as const;
export type ImageField = (typeof imageFields)[number];

/** What can build a Containerfile. */
export const containerBuilders = ['auto', 'buildah', 'docker'] as const;
export type ContainerBuilder = (typeof containerBuilders)[number];

export const schemes = ['http', 'https'] as const;

/** Whether a redirect is an answer like any other, or leads to the one that counts. */
export const redirectChoices = ['refuse', 'follow'] as const;

/** All statuses of a hundred. */
export const statusClasses = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;
export type StatusClass = (typeof statusClasses)[number];

/** Moments of a start that log marks can follow. */
export const markAnchors = ['exec', 'listening'] as const;

/** Names that no log mark may take: the moments and phases that every start, or every VM's start, has by itself. */
export const reservedMarks = [
  'spawned',
  'launch',
  'firmware',
  'restore',
  'resume',
  'kernel',
  'initrd',
  'init',
  'container',
  'runtime',
  'exec',
  'workload',
  'listening',
  'response',
  'ready',
  'ended',
  'teardown',
  'gone',
  'unexplained',
] as const;

/** Filters of system calls that a container may have: docker's own, or none. */
export const seccompProfiles = ['default', 'none'] as const;
export type SeccompProfile = (typeof seccompProfiles)[number];
