/** What `--dry-run` says of density, and how long it may take. */
import type { ResolvedDensity } from '../../../scenarios/measures/density.ts';
import type { ResolvedPlatform, ResolvedScenario } from '../../../scenarios/resolved.ts';
import { formatDuration, formatSize } from '../../../scenarios/schema/quantities.ts';

/** As many as fit by their limits alone; what they really need is what the run finds out. */
function guessCount({ limits }: ResolvedPlatform, { budget, cap }: ResolvedDensity): number {
  return Math.min(cap, Math.floor(budget.memoryBytes / limits.memoryBytes));
}

/** @param instanceMs guesses how long one instance of a platform takes */
export function densityEstimateMs(
  density: ResolvedDensity,
  scenario: ResolvedScenario,
  instanceMs: (platform: string) => number,
): number {
  const { batch, load, holdMs, timeMs } = density;
  return scenario.platforms.reduce((sum, platform) => {
    const count = guessCount(platform, density);
    const rounds = density.way === 'ramp' ? count / batch.size : 2 * Math.log2(count + 1);
    const startMs = (instanceMs(platform.id) * count) / batch.concurrency;
    return sum + Math.min(timeMs, startMs + rounds * load.durationMs) + holdMs;
  }, 0);
}

export function densityLines(density: ResolvedDensity, scenario: ResolvedScenario): string[] {
  const { budget, way, batch, load, slo, cap, timeMs, holdMs, minimumMemory } = density;
  const disk = budget.diskBytes === null ? '' : `, ${formatSize(budget.diskBytes)} of disk`;
  const steps = way === 'ramp' ? `${batch.size} more in each round` : 'by a model of the memory';
  return [
    `density in ${formatSize(budget.memoryBytes)} and ${budget.cpus} CPUs${disk}: one platform after the other, ${steps}, ` +
      `${batch.concurrency} starting at a time`,
    `  every round under ${load.rpsPerInstance} requests/s on each for ${formatDuration(load.durationMs)}; ` +
      `p99 up to ${formatDuration(slo.p99Ms)}, errors up to ${slo.errors * 100} %`,
    `  at most ${cap} instances and ${formatDuration(timeMs)} for each platform; what fits is held for ${formatDuration(holdMs)}`,
    ...scenario.platforms.map(
      (platform) => `  ${platform.id}: about ${guessCount(platform, density)} by the limits alone`,
    ),
    ...(minimumMemory
      ? [`  then the smallest memory, from ${formatSize(minimumMemory.fromBytes)} on, for each platform`]
      : []),
  ];
}
