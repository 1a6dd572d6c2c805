/** Platforms: short names, options and limits filled in. */
import { fillLaunch } from '../loader/launch.ts';
import type { ResolvedLimits, ResolvedPlatform, ResolvedWorkload } from '../resolved.ts';
import type { AccelChoice } from '../schema/allowed-words.ts';
import { parsePlatform, type PlatformEntry, type WrittenPlatform } from './platform-schema.ts';
import { shortPlatform, specOf } from './table.ts';

/** @param folder of the scenario file: paths are relative to it */
export function resolvePlatform(
  entry: PlatformEntry,
  scenarioLimits: ResolvedLimits,
  workload: Pick<ResolvedWorkload, 'launch' | 'port'>,
  folder: string,
): ResolvedPlatform {
  const written = typeof entry === 'string' ? writtenOut(entry) : entry;
  const limits = {
    cpus: written.limits.cpus ?? scenarioLimits.cpus,
    memoryBytes: written.limits.memory ?? scenarioLimits.memoryBytes,
  };
  return {
    id: written.id,
    limits,
    launch: fillLaunch(workload.launch, limits, workload.port),
    required: written.required,
    startDelayMs: written['start-delay'],
    runner: written.runner,
    options: specOf(written.runner).resolve(written, folder),
  } as ResolvedPlatform;
}

function writtenOut(name: string): WrittenPlatform {
  const short = shortPlatform(name);
  if (short === null) throw new Error(`${name} is not the short name of a platform`);
  return parsePlatform({ id: name, runner: short.runner, ...short.options });
}

/** Files of the platform that are not there, by the key that names them. */
export function missingFiles({ runner, options }: ResolvedPlatform): { key: string; path: string }[] {
  return specOf(runner).missingFiles?.(options) ?? [];
}

/** Why no instance could start within its limits; null: nothing is known against them. */
export function limitProblem({ runner, options, limits }: ResolvedPlatform): string | null {
  return specOf(runner).limitProblem?.(options, limits) ?? null;
}

/** The platform under other limits: what its command takes from them is filled in anew. */
export function withLimits(
  platform: ResolvedPlatform,
  limits: ResolvedLimits,
  workload: Pick<ResolvedWorkload, 'launch' | 'port'>,
): ResolvedPlatform {
  return { ...platform, limits, launch: fillLaunch(workload.launch, limits, workload.port) };
}

/** The platform with the accelerator that was chosen, where it has one. */
export function withAccel(platform: ResolvedPlatform, accel: AccelChoice): ResolvedPlatform {
  const { runner, options } = platform;
  const changed = specOf(runner).withAccel?.(options, accel) ?? options;
  return { ...platform, options: changed } as ResolvedPlatform;
}

/** Null: it has no accelerator to choose, since it is no virtual machine. */
export function accelOf({ options }: ResolvedPlatform): AccelChoice | null {
  return 'accel' in options ? options.accel : null;
}
