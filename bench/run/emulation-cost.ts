/** What VMs cost in time on a machine without KVM, said before the first of them starts. */
import type { Log } from '../../runners/machine/log.ts';
import { accelOf } from '../../scenarios/platforms/platforms.ts';
import type { ResolvedPlatform, ResolvedScenario } from '../../scenarios/resolved.ts';
import { estimateMs, planRun } from './plan.ts';

export function tellCostOfEmulation(scenario: ResolvedScenario, seed: number, log: Log): void {
  const text = costOfEmulation(scenario, seed);
  if (text !== null) log.warn(text);
}

/** Null where nothing is emulated that could be left out, or where the scenario asks for emulation by name. */
export function costOfEmulation(scenario: ResolvedScenario, seed: number): string | null {
  const isEmulated = (platform: ResolvedPlatform): boolean => accelOf(platform) === 'auto';
  const emulated = scenario.platforms.filter(isEmulated);
  const others = scenario.platforms.filter((platform) => !isEmulated(platform));
  if (emulated.length === 0 || others.length === 0) return null;
  const minutesOf = (part: ResolvedScenario): number => estimateMs(part, planRun(part, seed)) / 60_000;
  const [all, without] = [minutesOf(scenario), minutesOf({ ...scenario, platforms: others })];
  if (all - without < 1) return null;
  const names = emulated.map(({ id }) => id).join(', ');
  return (
    `no usable KVM here: ${names} will be emulated, which takes about ${Math.round(all - without)} of ${Math.ceil(all)} minutes ` +
    `(a guess); without: --platform ${others.map(({ id }) => id).join(',')}`
  );
}
