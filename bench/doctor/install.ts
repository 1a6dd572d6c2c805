/** Installs missing packages, or says how: with apt as root, elsewhere by the command a person would type. */
import { run } from '../../runners/machine/command.ts';
import { osReleaseField, readOsRelease } from '../../runners/machine/os-release.ts';
import { installRemedy, offeredPackages } from '../../runners/lxd/install-remedy.ts';
import type { CommandContext } from '../environment/context.ts';
import { packageManagers, requirements, type PackageManager, type Requirement } from './requirements.ts';

/** Who installs: with which package manager (null: none that the packages are known for), on which release, and with which rights. */
export interface Installer {
  manager: PackageManager | null;
  /** Text of os-release(5). */
  osRelease: string;
  isRoot: boolean;
  /** Packages that have alternatives and that apt's sources offer; empty before the first `apt-get update`. */
  offered: readonly string[];
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

export async function findInstaller(): Promise<Installer> {
  const osRelease = await readOsRelease();
  const manager = packageManagerOf(osRelease);
  // Where apt itself is missing, there is nothing to ask.
  const offered = manager === 'apt' ? await findOffered(alternatives).catch(() => []) : [];
  return { manager, osRelease, isRoot: process.getuid?.() === 0, offered };
}

/** All packages that stand beside another for the same program. */
const alternatives = requirements.flatMap(({ packages: { apt } }) => (typeof apt === 'string' ? [] : apt));

async function findOffered(packages: readonly string[]): Promise<string[]> {
  const { stdout } = await run('apt-cache', ['policy', ...packages], { env: { LC_ALL: 'C' } });
  return offeredOf(stdout);
}

/** @returns null: none that the packages are known for */
export function packageManagerOf(osRelease: string): PackageManager | null {
  const ids = [osReleaseField(osRelease, 'ID'), ...osReleaseField(osRelease, 'ID_LIKE').split(' ')];
  return ids.map((id) => families[id]).find((manager) => manager !== undefined) ?? null;
}

/** Of LXD and Incus, which of them a system with apt has depends on its release. */
function packagesOf(
  missing: readonly Requirement[],
  manager: PackageManager,
  { osRelease, offered }: Pick<Installer, 'osRelease' | 'offered'>,
): string[] {
  const packages = missing.flatMap((requirement) =>
    manager === 'apt' && isLxdOrIncus(requirement)
      ? offeredPackages(osRelease)
      : [chosenOf(requirement.packages[manager], offered)],
  );
  return [...new Set(packages)].filter((name) => name !== '');
}

/**
 * The first alternative that is offered; where that is not known, the last, which older releases have. Empty where the only one is
 * not among what is offered.
 */
function chosenOf(packages: string | readonly string[], offered: readonly string[]): string {
  if (typeof packages === 'string') return packages;
  const found = packages.find((name) => offered.includes(name));
  if (found !== undefined) return found;
  return packages.length === 1 && offered.length > 0 ? '' : (packages.at(-1) ?? '');
}

function isLxdOrIncus({ neededFor }: Requirement): boolean {
  return neededFor === 'LXD or Incus';
}

/** The command that installs what is missing, for a person to type; null: this system's packages have nothing of it. */
export function installCommand(
  missing: readonly Requirement[],
  manager: PackageManager,
  installer: Pick<Installer, 'osRelease' | 'offered'>,
): string | null {
  const packages = packagesOf(missing, manager, installer);
  return packages.length === 0 ? null : [...commands[manager], ...packages].join(' ');
}

/** A remedy that installs packages of Debian's, as a person types it on another system. */
export function forManager(remedy: string, manager: PackageManager | null): string {
  if (manager === null || manager === 'apt') return remedy;
  return remedy.replace(/apt-get install (?:--?\S+ )*([\w.+-]+(?: [\w.+-]+)*)/, (_, names: string) => {
    const packages = names.split(' ').map((name) => {
      const known = requirements.find(({ packages: { apt } }) => [apt].flat().includes(name));
      return known === undefined ? name : chosenOf(known.packages[manager], []);
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
  const { manager, osRelease, isRoot } = installer;
  const isElsewhere =
    manager === 'apt' && missing.some(isLxdOrIncus) && offeredPackages(osRelease).length === 0;
  const elsewhere = isElsewhere ? [`LXD or Incus: ${installRemedy('lxd', osRelease)}`] : [];
  const managers = manager === null ? packageManagers : [manager];
  const typed = managers.flatMap((each) => installCommand(missing, each, installer) ?? []);
  if (typed.length === 0) return elsewhere.join('\n');
  const sudo = isRoot ? '' : 'sudo ';
  const limit = manager === 'apt' ? '' : ' (tare doctor --fix knows only Debian and Ubuntu)';
  const advice = canInstall(installer)
    ? `install them with: tare doctor --fix   (${typed.join()})`
    : `install them${limit} with: ${typed.map((line) => sudo + line).join('\n  or: ')}`;
  return [advice, ...elsewhere].join('\n');
}

/** Installs with apt. @throws CommandError with apt's own last lines */
export async function installWithApt(
  missing: readonly Requirement[],
  osRelease: string,
  context: CommandContext,
): Promise<void> {
  const options = { signal: context.signal, env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' } };
  context.log.progress('apt-get update (about 10 s)');
  await run('apt-get', ['update'], options);
  const packages = packagesOf(missing, 'apt', { osRelease, offered: await findOffered(alternatives) });
  const offered = await findOffered(packages);
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
