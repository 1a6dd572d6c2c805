/** The platforms that have a short name, resolved as a scenario would have them. */
import { defaultScenario } from '../../scenarios/loader/built-in.ts';
import { loadScenario } from '../../scenarios/loader/load.ts';
import { applyOverrides } from '../../scenarios/loader/overrides.ts';
import type { ResolvedPlatform } from '../../scenarios/resolved.ts';
import { shortPlatform, shortPlatformNames } from '../../scenarios/platforms/table.ts';

export interface KnownPlatform {
  id: string;
  description: string;
  platform: ResolvedPlatform;
}

export function knownPlatforms(): KnownPlatform[] {
  const scenario = applyOverrides(loadScenario(defaultScenario, { cwd: '/' }), {
    platforms: [...shortPlatformNames],
    measures: [],
    samples: null,
    accel: null,
  });
  return shortPlatformNames.flatMap((id) => {
    const platform = scenario.platforms.find((candidate) => candidate.id === id);
    return platform ? [{ id, description: shortPlatform(id)?.description ?? '', platform }] : [];
  });
}

/** Platforms of the default scenario. */
export function defaultPlatformIds(): string[] {
  return loadScenario(defaultScenario, { cwd: '/' }).platforms.map((platform) => platform.id);
}
