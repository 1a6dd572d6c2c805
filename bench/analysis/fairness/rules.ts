/** What the platforms of a run are held against: a property, and the code of a finding where it is not the same for all. */
import { comparedDetailsOf } from '../../record/compared-details.ts';
import type { RecordedPlatform } from '../../record/schema.ts';
import type { FairnessCodeName } from './codes.ts';

export interface Rule {
  code: FairnessCodeName;
  /** Null: the platform has no such property, and differs from none in it. */
  value: (platform: RecordedPlatform) => string | null;
}

export const rules: readonly Rule[] = [
  { code: 'payload-digest', value: (platform) => platform.payloadDigest },
  { code: 'memory-limit', value: ({ limits }) => limits && `${limits.memoryBytes / 2 ** 20} MiB` },
  { code: 'cpu-limit', value: ({ limits }) => limits && String(limits.cpus) },
  { code: 'cpu-set', value: (platform) => comparedDetailsOf(platform).cpuset ?? null },
  { code: 'jvm-flags', value: (platform) => inside(platform, 'jvmArguments') },
  { code: 'jvm-collector', value: (platform) => inside(platform, 'gc') },
  { code: 'cpus-seen', value: (platform) => inside(platform, 'availableProcessors') },
  { code: 'start-delay', value: (platform) => `${comparedDetailsOf(platform).startDelayMs ?? 0} ms` },
  { code: 'memory-seen', value: memorySeen },
  { code: 'accel-mixed', value: ({ kind, accel }) => (kind === 'vm' ? accel : null) },
  {
    code: 'from-snapshot',
    value: (platform) => (comparedDetailsOf(platform).start === 'snapshot' ? 'continued' : 'started'),
  },
  { code: 'page-cache', value: pageCache },
  { code: 'cache-mode', value: (platform) => comparedDetailsOf(platform).diskCache ?? 'writeback' },
  {
    code: 'huge-pages',
    value: (platform) => (comparedDetailsOf(platform).hugePages === true ? 'huge' : 'ordinary'),
  },
  { code: 'network-class', value: networkClass },
  { code: 'kernel', value: (platform) => inside(platform, 'kernel') },
  { code: 'sandbox', value: (platform) => comparedDetailsOf(platform).sandbox ?? 'no' },
  { code: 'rootless', value: (platform) => comparedDetailsOf(platform).userNamespace ?? 'no' },
  { code: 'file-system', value: fileSystem },
  {
    code: 'logging',
    value: (platform) =>
      comparedDetailsOf(platform).logging ?? (platform.kind === 'vm' ? 'a virtio port' : 'a pipe'),
  },
  { code: 'output-access', value: (platform) => comparedDetailsOf(platform).outputAccess ?? 'every user' },
  {
    code: 'security-profile',
    value: (platform) => (platform.kind === 'vm' ? null : (comparedDetailsOf(platform).seccomp ?? 'none')),
  },
  { code: 'privileges', value: ({ kind }) => (kind === 'vm' ? 'all, over its own kernel' : "docker's") },
  { code: 'first-process', value: ({ kind }) => (kind === 'container' ? 'process 1' : 'another process') },
];

/** Bytes or counts that the workload told; null where it did not. */
export function numberInside(platform: RecordedPlatform, name: string): number | null {
  const value = Number(inside(platform, name) ?? Number.NaN);
  return Number.isFinite(value) ? value : null;
}

function inside(platform: RecordedPlatform, name: string): string | null {
  return platform.inside?.[name] ?? null;
}

/** By the memory of the box and the limit of its cgroup, as far as the workload can read them. */
function memorySeen(platform: RecordedPlatform): string | null {
  const seen = ['memTotalBytes', 'memoryLimitBytes']
    .map((name) => numberInside(platform, name))
    .filter((bytes) => bytes !== null);
  if (seen.length === 0 || platform.limits === null) return null;
  // A guest's kernel keeps a part of the memory for itself, so that less than the limit is seen.
  return Math.min(...seen) <= platform.limits.memoryBytes ? 'its limit' : "the machine's memory";
}

/** These modes of QEMU open the disk with O_DIRECT. */
const pastPageCache = ['none', 'directsync'];

function pageCache(platform: RecordedPlatform): string {
  return pastPageCache.includes(comparedDetailsOf(platform).diskCache ?? '') ? 'past it' : 'through it';
}

function networkClass(platform: RecordedPlatform): string {
  return comparedDetailsOf(platform).vhostNet === true
    ? `${platform.network} with vhost-net`
    : platform.network;
}

/** Engines name their storage driver, the others tell of their root. */
function fileSystem(platform: RecordedPlatform): string | null {
  if (platform.kind === 'vm') return 'ext4 on a virtual disk';
  const { root, storageDriver } = comparedDetailsOf(platform);
  const told = root ?? storageDriver ?? null;
  return told?.startsWith('overlay') ? 'layers (overlayfs)' : told;
}
