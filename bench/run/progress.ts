/** Says what is being done and how long the rest will take, from what the run has observed so far. */
import type { Log } from '../../runners/machine/log.ts';
import type { ResolvedScenario } from '../../scenarios/resolved.ts';
import { guessStepMs, type Plan } from './plan.ts';

export interface Progress {
  /** Steps after these blocks, by platform, are not taken. */
  enough(blocks: ReadonlyMap<string, number>): void;
  stepBegins(block: number, platform: string): void;
  stepEnded(platform: string, durationMs: number, startupMs: number | null): void;
}

export function followPlan(scenario: ResolvedScenario, plan: Plan, log: Log): Progress {
  let pending = plan.blocks.flatMap((block) =>
    block.steps.map(({ platform }) => ({ platform, block: block.index })),
  );
  const observed = new Map<string, number>();
  const lastBlock = plan.blocks.at(-1)?.index ?? 0;
  const leftMs = (): number =>
    pending.reduce(
      (sum, { platform }) => sum + (observed.get(platform) ?? guessStepMs(scenario, platform)),
      0,
    );
  return {
    enough(blocks) {
      pending = pending.filter(({ platform, block }) => block <= (blocks.get(platform) ?? Infinity));
    },
    stepBegins(block, platform) {
      const name = block === 0 ? 'warm-up' : `block ${block} of ${lastBlock}`;
      log.progress(`${name}: ${platform} (${roughly(leftMs())} left)`);
    },
    stepEnded(platform, durationMs, startupMs) {
      const at = pending.findIndex((step) => step.platform === platform);
      if (at !== -1) pending.splice(at, 1);
      observed.set(platform, durationMs);
      if (startupMs !== null) log.debug(`${platform}: ready after ${startupMs.toFixed(1)} ms`);
    },
  };
}

function roughly(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  return seconds < 90 ? `about ${seconds} s` : `about ${Math.round(seconds / 60)} min`;
}
