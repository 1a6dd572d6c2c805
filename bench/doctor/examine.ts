/** The examination: what is installed, what the machine offers, and which platforms it can run. */
import type { Accel } from '../../runners/kinds.ts';
import type { CommandContext } from '../environment/context.ts';
import { probePlatform } from '../run/prepare/platforms.ts';
import { knownPlatforms, defaultPlatformIds } from './known-platforms.ts';
import { findRequirement, requirements, type Requirement } from './requirements.ts';
import { systemChecks, type CheckResult } from './system-checks.ts';

export interface PlatformReport {
  id: string;
  usable: boolean;
  /** Whether the default scenario has it. */
  isDefault: boolean;
  accel: Accel | null;
  version: string | null;
  /** Why it cannot run, or what is special about it. */
  notes: string[];
  remedy: string | null;
}

export interface Examination {
  /** Whether every platform of the default scenario can run. */
  ready: boolean;
  platforms: PlatformReport[];
  system: ({ name: string } & CheckResult)[];
  missing: Requirement[];
}

export async function examine(withTests: boolean, context: CommandContext): Promise<Examination> {
  const missing = await findMissing(withTests);
  const system: Examination['system'] = [];
  context.log.progress('looking at the machine (the first time with a probe guest: about 20 s)');
  for (const { name, check } of systemChecks) {
    system.push({ name, ...(await check(context)) });
  }
  const platforms = await examinePlatforms(context);
  context.log.progress('');
  const ready = platforms.every((platform) => platform.usable || !platform.isDefault);
  return { ready, platforms, system, missing };
}

export async function findMissing(withTests: boolean): Promise<Requirement[]> {
  const missing: Requirement[] = [];
  for (const requirement of requirements) {
    if (requirement.neededFor === 'tests' && !withTests) continue;
    if ((await findRequirement(requirement)) === null) missing.push(requirement);
  }
  return missing;
}

async function examinePlatforms(context: CommandContext): Promise<PlatformReport[]> {
  const { signal, log, folders } = context;
  const defaults = defaultPlatformIds();
  const reports: PlatformReport[] = [];
  log.progress('probing the platforms');
  for (const { id, platform } of knownPlatforms()) {
    signal.throwIfAborted();
    const fitness = await probePlatform(platform, { signal, log, cache: folders.cache });
    reports.push({
      id,
      usable: fitness.usable,
      isDefault: defaults.includes(id),
      version: fitness.version,
      accel: fitness.usable ? fitness.accel : null,
      notes: fitness.usable ? fitness.notes : [fitness.reason],
      remedy: fitness.usable ? null : fitness.remedy,
    });
  }
  return reports;
}
