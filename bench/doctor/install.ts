/** Installs missing packages, or says how: with apt as root, elsewhere by the command a person would type. */
import { run } from '../../runners/host/command.ts';
import { osReleaseField, readOsRelease } from '../../runners/host/os-release.ts';
import type { CommandContext } from '../context.ts';
import { packageManagers, requirements, type PackageManager, type Requirement } from './requirements.ts';

/** Who installs: with which package manager (null: none that the packages are known for), and with which rights. */
export interface Installer {
  manager: PackageManager | null;
  isRoot: boolean;
}

const commands = {
  apt: ['apt-get', 'install', '--no-install-recommends'],
  dnf: ['dnf', 'install'],
  pacman: ['pacman', '-S', '--needed'],
} satisfies Record<PackageManager, string[]>;

/** Distribution ids of os-release(5) by package manager. */
const families: Readonly<Record<string, PackageManager>> = {
  debian: 'apt',
  ubuntu: 'apt',
  fedora: 'dnf',
  rhel: 'dnf',
  arch: 'pacman',
};

/** @returns the package manager of this system; null: none that the packages are known for */
export async function packageManager(): Promise<PackageManager | null> {
  return packageManagerOf(await readOsRelease());
}

export function packageManagerOf(osRelease: string): PackageManager | null {
  const ids = [osReleaseField(osRelease, 'ID'), ...osReleaseField(osRelease, 'ID_LIKE').split(' ')];
  return ids.map((id) => families[id]).find((manager) => manager !== undefined) ?? null;
}

function packagesOf(missing: readonly Requirement[], manager: PackageManager): string[] {
  return [...new Set(missing.map((requirement) => requirement.packages[manager]))];
}

/** The command that installs what is missing, for a person to type. */
export function installCommand(missing: readonly Requirement[], manager: PackageManager): string {
  return [...commands[manager], ...packagesOf(missing, manager)].join(' ');
}

/** A remedy that installs packages of Debian's, as a person types it on another system. */
export function forManager(remedy: string, manager: PackageManager | null): string {
  if (manager === null || manager === 'apt') return remedy;
  return remedy.replace(/apt-get install (?:--?\S+ )*([\w.+-]+(?: [\w.+-]+)*)/, (_, names: string) => {
    const packages = names.split(' ').map((name) => {
      const known = requirements.find((requirement) => requirement.packages.apt === name);
      return known?.packages[manager] ?? name;
    });
    return [...commands[manager], ...new Set(packages)].join(' ');
  });
}

/** Whether this program may install by itself. */
export function canInstall({ manager, isRoot }: Installer): boolean {
  return manager === 'apt' && isRoot;
}

/** What to type; for every package manager where this system's is unknown. */
export function installAdvice(missing: readonly Requirement[], installer: Installer): string {
  const { manager, isRoot } = installer;
  if (canInstall(installer)) {
    return `install them with: tare doctor --fix   (${installCommand(missing, 'apt')})`;
  }
  const managers = manager === null ? packageManagers : [manager];
  const sudo = isRoot ? '' : 'sudo ';
  const typed = managers.map((each) => `${sudo}${installCommand(missing, each)}`).join('\n  or: ');
  const limit = manager === 'apt' ? '' : ' (tare doctor --fix knows only Debian and Ubuntu)';
  return `install them${limit} with: ${typed}`;
}

/** Installs with apt. @throws CommandError with apt's own last lines */
export async function installWithApt(
  missing: readonly Requirement[],
  context: CommandContext,
): Promise<void> {
  const packages = packagesOf(missing, 'apt');
  const options = { signal: context.signal, env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' } };
  context.log.progress('apt-get update (about 10 s)');
  await run('apt-get', ['update'], options);
  const offered = offeredOf((await run('apt-cache', ['policy', ...packages], options)).stdout);
  const others = packages.filter((name) => !offered.includes(name));
  if (others.length > 0) context.log.warn(`no package source of this system offers ${others.join(', ')}`);
  if (offered.length === 0) return;
  context.log.progress(`installing ${offered.join(', ')} (one to three minutes)`);
  await run('apt-get', ['install', '--yes', '--no-install-recommends', ...offered], options);
  context.log.progress('');
}

/** Packages that can be installed, by the text of `apt-cache policy`: one that is only spoken of has no candidate. */
export function offeredOf(policy: string): string[] {
  const sections = policy.matchAll(/^(\S+):\n {2}Installed: .*\n {2}Candidate: (.*)$/gm);
  return [...sections].flatMap(([, name, candidate]) =>
    name !== undefined && candidate !== '(none)' ? [name] : [],
  );
}
