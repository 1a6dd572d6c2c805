/** Platforms: short names, options and limits filled in. */
import { fillLaunch } from './launch.ts';
import type { ResolvedLimits, ResolvedPlatform, ResolvedWorkload } from './resolved.ts';
import { formatSize } from './quantities.ts';
import { platformSchemas } from './schema.ts';
import type { PlatformEntry } from './schema.ts';
import { shortPlatformNames } from './words.ts';
import type { ShortPlatformName } from './words.ts';

/** A kernel with an initrd and the payload's command does not start in less. */
const leastVmBytes = 64 * 2 ** 20;

type WrittenOut = Exclude<PlatformEntry, string>;

const short = {
  process: (id) => platformSchemas.process.parse({ id, runner: 'process' }),
  runc: (id) => platformSchemas.oci.parse({ id, runner: 'oci', runtime: 'runc' }),
  crun: (id) => platformSchemas.oci.parse({ id, runner: 'oci', runtime: 'crun' }),
  lxc: (id) => platformSchemas.lxc.parse({ id, runner: 'lxc' }),
  nspawn: (id) => platformSchemas.nspawn.parse({ id, runner: 'nspawn' }),
  vm: (id) => platformSchemas.qemu.parse({ id, runner: 'qemu', machine: 'q35' }),
  'vm-pc': (id) => platformSchemas.qemu.parse({ id, runner: 'qemu', machine: 'pc' }),
  microvm: (id) => platformSchemas.qemu.parse({ id, runner: 'qemu', machine: 'microvm' }),
} satisfies Record<ShortPlatformName, (id: string) => WrittenOut>;

export function isShortName(name: string): name is ShortPlatformName {
  return (shortPlatformNames as readonly string[]).includes(name);
}

export function resolvePlatform(
  entry: PlatformEntry,
  scenarioLimits: ResolvedLimits,
  workload: Pick<ResolvedWorkload, 'launch' | 'port'>,
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
  };
  switch (written.runner) {
    case 'process':
      return { ...base, runner: 'process', options: {} };
    case 'oci':
      return { ...base, runner: 'oci', options: { runtime: written.runtime } };
    case 'lxc':
      return { ...base, runner: 'lxc', options: {} };
    case 'nspawn':
      return { ...base, runner: 'nspawn', options: {} };
    case 'qemu': {
      const { machine, guest, accel } = written;
      return { ...base, runner: 'qemu', options: { machine, guest, accel } };
    }
  }
}

/** Why no instance could start within its limits; null: nothing is known against them. */
export function limitProblem({ runner, limits }: ResolvedPlatform): string | null {
  if (runner !== 'qemu' || limits.memoryBytes >= leastVmBytes) return null;
  const [found, least] = [formatSize(limits.memoryBytes), formatSize(leastVmBytes)];
  return `a VM cannot start in ${found} of memory; expected at least ${least}`;
}
