/** What platforms need of the machine. */
import { readFile } from 'node:fs/promises';
import type { Fitness } from '../runner.ts';
import { detectCgroupLayout } from '../machine/cgroup/cgroup-layout.ts';
import { run } from '../machine/command.ts';
import { missingPrograms } from '../machine/programs.ts';

export interface Unfit {
  reason: string;
  remedy: string;
}

/** Debian's package of each program. */
const packages: Record<string, string> = {
  ip: 'iproute2',
  perl: 'perl-base',
  mkfifo: 'coreutils',
  mount: 'mount',
  umount: 'mount',
  unshare: 'util-linux',
  nsenter: 'util-linux',
};

/**
 * @param version of the program that runs the platform, which is there
 * @returns whether a process or a container can be run here
 */
export async function fitnessHere(version: string, notes: string[] = []): Promise<Fitness> {
  const unfit = await whyUnfit();
  if (unfit !== null) return { usable: false, version, ...unfit };
  return { usable: true, version, accel: 'none', notes };
}

/** @returns why processes and containers cannot be run here; null: they can */
export async function whyUnfit(): Promise<Unfit | null> {
  const unfit = await whyNoRun();
  if (unfit !== null) return unfit;
  if (!(await hasOverlay())) {
    return { reason: 'this kernel has no overlayfs', remedy: 'load the module: modprobe overlay' };
  }
  return null;
}

/** @returns why nothing at all can be run here, VMs included: each run has a network namespace and a cgroup; null: it can */
export async function whyNoRun(): Promise<Unfit | null> {
  if (process.getuid?.() !== 0) {
    return { reason: 'not root: namespaces, cgroups and mounts need it', remedy: 'run Tare as root' };
  }
  const missing = await missingPrograms(Object.keys(packages));
  if (missing.length > 0) {
    const install = [...new Set(missing.map((program) => packages[program]))].join(' ');
    return { reason: `not installed: ${missing.join(', ')}`, remedy: `apt-get install ${install}` };
  }
  try {
    await detectCgroupLayout();
  } catch (error) {
    return { reason: (error as Error).message, remedy: 'mount the cgroup hierarchy' };
  }
  return null;
}

async function hasOverlay(): Promise<boolean> {
  const isListed = async (): Promise<boolean> =>
    /\boverlay$/m.test(await readFile('/proc/filesystems', 'utf8'));
  if (await isListed()) return true;
  // A kernel lists it only once its module is loaded; a mount would load it, too.
  await run('modprobe', ['overlay']).catch(() => undefined);
  return isListed();
}
