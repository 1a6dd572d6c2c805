/** Docker's filter of system calls, as the package of it that podman and skopeo bring has it (containers-seccomp.json(5)). */
import { readFile } from 'node:fs/promises';
import { ImageError } from '../payload/error.ts';
import { capabilityNumbers } from './box.ts';

interface SeccompRule {
  names: string[];
  action: string;
  args: { index: number; value: number; valueTwo: number; op: string }[];
  errnoRet?: number;
}

/** As the runtime specification has it. */
export interface SeccompFilter {
  defaultAction: string;
  defaultErrnoRet?: number;
  architectures: string[];
  syscalls: SeccompRule[];
}

interface Profile {
  defaultAction: string;
  defaultErrnoRet?: number;
  archMap?: { architecture: string; subArchitectures?: string[] }[];
  syscalls: {
    names: string[];
    action: string;
    args?: SeccompRule['args'] | null;
    includes?: Condition;
    excludes?: Condition;
    errnoRet?: number;
  }[];
}

interface Condition {
  arches?: string[];
  caps?: string[];
  minKernel?: string;
}

/** The administrator's own goes before the package's. */
export const seccompFiles = ['/etc/containers/seccomp.json', '/usr/share/containers/seccomp.json'];
const architecture = { ours: 'amd64', libseccomp: 'SCMP_ARCH_X86_64' };

/** For engines, which read the profile themselves; null: none is wanted. Throws where this machine has none. */
export async function seccompFile(wanted: 'default' | 'none'): Promise<string | null> {
  if (wanted === 'none') return null;
  const [file] = await found();
  return file;
}

/** For the record. */
export async function seccompName(wanted: 'default' | 'none'): Promise<string> {
  return (await seccompFile(wanted)) ?? 'none';
}

/** What remains of the profile for docker's capabilities on this processor; null: none is wanted. */
export async function seccompFilter(wanted: 'default' | 'none'): Promise<SeccompFilter | null> {
  if (wanted === 'none') return null;
  const [, profile] = await found();
  return filterOf(profile);
}

export function filterOf({ defaultAction, defaultErrnoRet, archMap = [], syscalls }: Profile): SeccompFilter {
  const { libseccomp } = architecture;
  const others = archMap.find((each) => each.architecture === libseccomp)?.subArchitectures ?? [];
  return {
    defaultAction,
    ...(defaultErrnoRet !== undefined && { defaultErrnoRet }),
    architectures: [libseccomp, ...others],
    syscalls: syscalls
      .filter(({ includes = {}, excludes = {} }) => isMet(includes) && !isAnyMet(excludes))
      .map(({ names, action, args, errnoRet }) => ({
        names,
        action,
        args: args ?? [],
        ...(errnoRet !== undefined && { errnoRet }),
      })),
  };
}

function isMet({ arches = [], caps = [] }: Condition): boolean {
  return (arches.length === 0 || arches.includes(architecture.ours)) && caps.every(isGiven);
}

function isAnyMet({ arches = [], caps = [] }: Condition): boolean {
  return arches.includes(architecture.ours) || caps.some(isGiven);
}

function isGiven(capability: string): boolean {
  return capability.replace(/^CAP_/, '') in capabilityNumbers;
}

async function found(): Promise<[string, Profile]> {
  for (const file of seccompFiles) {
    const text = await readFile(file, 'utf8').catch(() => null);
    if (text !== null) return [file, JSON.parse(text) as Profile];
  }
  throw new ImageError(
    `This machine has no profile of system calls for containers (${seccompFiles.join(', ')})`,
    'Install it (Debian: apt-get install golang-github-containers-common), or state seccomp: none in the workload.',
  );
}
