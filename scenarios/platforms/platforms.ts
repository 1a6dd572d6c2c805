/** Platforms: short names, options and limits filled in. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fillLaunch } from '../loader/launch.ts';
import type { ResolvedLimits, ResolvedPlatform, ResolvedWorkload } from '../resolved.ts';
import { formatSize } from '../schema/quantities.ts';
import { bootFileKeys } from './qemu-schema.ts';
import { platformSchemas } from './platform-schema.ts';
import type { PlatformEntry } from './platform-schema.ts';
import { shortPlatformNames } from '../schema/words.ts';
import type { ShortPlatformName } from '../schema/words.ts';

/** What does not start in less: a kernel with an initrd and the payload's command, and a whole system. */
const leastVmBytes = { minimal: 64 * 2 ** 20, full: 256 * 2 ** 20 };

type WrittenOut = Exclude<PlatformEntry, string>;

const short = {
  process: (id) => platformSchemas.process.parse({ id, runner: 'process' }),
  runc: (id) => platformSchemas.oci.parse({ id, runner: 'oci', runtime: 'runc' }),
  crun: (id) => platformSchemas.oci.parse({ id, runner: 'oci', runtime: 'crun' }),
  lxc: (id) => platformSchemas.lxc.parse({ id, runner: 'lxc' }),
  lxd: (id) => platformSchemas.lxd.parse({ id, runner: 'lxd' }),
  incus: (id) => platformSchemas.lxd.parse({ id, runner: 'lxd', daemon: 'incus' }),
  nspawn: (id) => platformSchemas.nspawn.parse({ id, runner: 'nspawn' }),
  docker: (id) => platformSchemas.docker.parse({ id, runner: 'docker' }),
  podman: (id) => platformSchemas.podman.parse({ id, runner: 'podman' }),
  vm: (id) => platformSchemas.qemu.parse({ id, runner: 'qemu', machine: 'q35' }),
  'vm-pc': (id) => platformSchemas.qemu.parse({ id, runner: 'qemu', machine: 'pc' }),
  'vm-full': (id) => platformSchemas.qemu.parse({ id, runner: 'qemu', guest: 'full' }),
  'vm-full-uefi': (id) => platformSchemas.qemu.parse({ id, runner: 'qemu', guest: 'full', firmware: 'uefi' }),
  'vm-clone': (id) => platformSchemas.qemu.parse({ id, runner: 'qemu', start: 'snapshot' }),
  microvm: (id) => platformSchemas.qemu.parse({ id, runner: 'qemu', machine: 'microvm' }),
} satisfies Record<ShortPlatformName, (id: string) => WrittenOut>;

export function isShortName(name: string): name is ShortPlatformName {
  return (shortPlatformNames as readonly string[]).includes(name);
}

/** @param folder of the scenario file: paths are relative to it */
export function resolvePlatform(
  entry: PlatformEntry,
  scenarioLimits: ResolvedLimits,
  workload: Pick<ResolvedWorkload, 'launch' | 'port'>,
  folder: string,
): ResolvedPlatform {
  const written = typeof entry === 'string' ? short[entry](entry) : entry;
  const limits = {
    cpus: written.limits.cpus ?? scenarioLimits.cpus,
    memoryBytes: written.limits.memory ?? scenarioLimits.memoryBytes,
  };
  const base = {
    id: written.id,
    limits,
    launch: fillLaunch(workload.launch, limits, workload.port),
    required: written.required,
    startDelayMs: written['start-delay'],
  };
  switch (written.runner) {
    case 'process':
      return { ...base, runner: 'process', options: {} };
    case 'oci':
      return { ...base, runner: 'oci', options: { runtime: written.runtime } };
    case 'lxc':
      return { ...base, runner: 'lxc', options: {} };
    case 'lxd':
      return { ...base, runner: 'lxd', options: { daemon: written.daemon } };
    case 'nspawn':
      return { ...base, runner: 'nspawn', options: {} };
    case 'docker': {
      const { engine, socket, runtime } = written;
      return { ...base, runner: 'docker', options: { engine, socket, runtime } };
    }
    case 'podman':
      return { ...base, runner: 'podman', options: { runtime: written.runtime } };
    case 'qemu': {
      const { machine, guest, firmware, start, accel } = written;
      const options = {
        ...{ machine, guest, firmware, start, accel },
        vcpus: written.vcpus ?? null,
        hugePages: written['huge-pages'],
        merge: written.ksm,
        diskCache: written['disk-cache'],
        vhostNet: written['vhost-net'],
        kernel: absolute(written.kernel, folder),
        initrd: absolute(written.initrd, folder),
        disk: absolute(written.disk, folder),
        freePageReporting: written['free-page-reporting'],
      };
      return { ...base, runner: 'qemu', options };
    }
  }
}

function absolute(path: string | undefined, folder: string): string | null {
  return path === undefined ? null : resolve(folder, path);
}

/** Files of the platform that are not there, by the key that names them. */
export function missingBootFiles({ runner, options }: ResolvedPlatform): { key: string; path: string }[] {
  if (runner !== 'qemu') return [];
  return bootFileKeys.flatMap((key) => {
    const path = options[key];
    return path === null || existsSync(path) ? [] : [{ key, path }];
  });
}

/** The platform under other limits: what its command takes from them is filled in anew. */
export function withLimits(
  platform: ResolvedPlatform,
  limits: ResolvedLimits,
  workload: Pick<ResolvedWorkload, 'launch' | 'port'>,
): ResolvedPlatform {
  return { ...platform, limits, launch: fillLaunch(workload.launch, limits, workload.port) };
}

/** Why no instance could start within its limits; null: nothing is known against them. */
export function limitProblem(platform: ResolvedPlatform): string | null {
  if (platform.runner !== 'qemu') return null;
  const { memoryBytes } = platform.limits;
  const { guest } = platform.options;
  if (memoryBytes >= leastVmBytes[guest]) return null;
  const [found, least] = [formatSize(memoryBytes), formatSize(leastVmBytes[guest])];
  const what = guest === 'full' ? 'a VM with a full guest' : 'a VM';
  return `${what} cannot start in ${found} of memory; expected at least ${least}`;
}
