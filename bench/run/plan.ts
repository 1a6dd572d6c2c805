/** The plan: which platform is sampled when, and how each instance is ended. A function of scenario and seed alone. */
import { formatDuration, formatSize } from '../../scenarios/schema/quantities.ts';
import type { ResolvedDensity } from '../../scenarios/measures/density.ts';
import type { ResolvedPlatform, ResolvedScenario } from '../../scenarios/resolved.ts';
import type { StopMode } from '../../runners/runner.ts';
import { seededRandom, shuffle } from '../statistics/random.ts';

/** Measures that are taken from a running instance. */
export type SampledMeasure = 'startup' | 'stop' | 'memory';

export interface Step {
  platform: string;
  measures: SampledMeasure[];
  /** How the instance is ended; both ways alternate from block to block. */
  stop: StopMode;
}

export interface Block {
  index: number;
  /** Block 0 fills the page cache; its samples are kept as excluded. */
  isWarmup: boolean;
  steps: Step[];
}

export interface Plan {
  seed: number;
  platforms: string[];
  blocks: Block[];
}

/** Every platform once per block, in an order shuffled per block, after one warm-up block. */
export function planRun(scenario: ResolvedScenario, seed: number): Plan {
  const { startup, stop, memory } = scenario.measures;
  const samples: Record<SampledMeasure, number> = {
    startup: startup?.samples ?? 0,
    stop: stop?.samples ?? 0,
    memory: memory?.samples ?? 0,
  };
  const count = Math.max(...Object.values(samples));
  const platforms = scenario.platforms.map((platform) => platform.id);
  const random = seededRandom(seed);
  const blocks: Block[] = [];
  for (let index = 0; count > 0 && index <= count; index += 1) {
    const measures = (Object.keys(samples) as SampledMeasure[]).filter(
      (measure) => samples[measure] > 0 && index <= samples[measure],
    );
    const mode: StopMode = index % 2 === 1 ? 'graceful' : 'kill';
    blocks.push({
      index,
      isWarmup: index === 0,
      steps: shuffle(platforms, random).map((platform) => ({ platform, measures, stop: mode })),
    });
  }
  return { seed, platforms, blocks };
}

/**
 * Rough seconds per instance before anything was measured: start, load and stop of a Java server as seen on small
 * machines. Only for the estimate; the run replaces it with what it observes.
 */
export function guessStepMs(scenario: ResolvedScenario, platform: string): number {
  const spec = scenario.platforms.find((candidate) => candidate.id === platform);
  const emulated = spec?.runner === 'qemu' && spec.options.accel !== 'kvm';
  const memory = scenario.measures.memory;
  const watching = memory ? memory.settleMs + (memory.load?.durationMs ?? 0) : 0;
  return (emulated ? 30_000 : spec?.runner === 'qemu' ? 6_000 : 3_500) + watching;
}

function estimateMs(scenario: ResolvedScenario, plan: Plan): number {
  return plan.blocks
    .flatMap((block) => block.steps)
    .reduce((sum, step) => sum + guessStepMs(scenario, step.platform), 0);
}

/** As many as fit by their limits alone; what they really need is what the run finds out. */
function guessCount({ limits }: ResolvedPlatform, { budget, cap }: ResolvedDensity): number {
  return Math.min(cap, Math.floor(budget.memoryBytes / limits.memoryBytes));
}

function guessDensityMs(scenario: ResolvedScenario, density: ResolvedDensity): number {
  const { batch, load, holdMs, timeMs } = density;
  return scenario.platforms.reduce((sum, platform) => {
    const count = guessCount(platform, density);
    const rounds = density.way === 'ramp' ? count / batch.size : 2 * Math.log2(count + 1);
    const startMs = (guessStepMs(scenario, platform.id) * count) / batch.concurrency;
    return sum + Math.min(timeMs, startMs + rounds * load.durationMs) + holdMs;
  }, 0);
}

function densityLines(scenario: ResolvedScenario, density: ResolvedDensity): string[] {
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

/** The plan as text, for `--dry-run`. */
export function formatPlan(scenario: ResolvedScenario, plan: Plan): string {
  const { density } = scenario.measures;
  const minutes = (estimateMs(scenario, plan) + (density ? guessDensityMs(scenario, density) : 0)) / 60_000;
  const lines = [
    `scenario ${scenario.name}: workload ${scenario.workload.name}, seed ${plan.seed}`,
    ...scenario.platforms.map(
      (platform) =>
        `  ${platform.id}: ${platform.runner}, ${platform.limits.cpus} CPU, ${platform.limits.memoryBytes / 2 ** 20} MiB` +
        (platform.id === scenario.baseline ? ' (baseline)' : ''),
    ),
    `payload and images are built first where they are not cached`,
  ];
  if (scenario.measures.image) lines.push('image sizes: once per platform');
  for (const block of plan.blocks) {
    const what = block.steps[0];
    lines.push(
      `block ${block.index}${block.isWarmup ? ' (warm-up, excluded)' : ''}: ` +
        `${block.steps.map((step) => step.platform).join(', ')} — ${what?.measures.join(', ') ?? ''}; ended by ${what?.stop ?? ''}`,
    );
  }
  if (density) lines.push(...densityLines(scenario, density));
  const instances = plan.blocks.reduce((sum, block) => sum + block.steps.length, 0);
  const those = density ? '' : `${instances} instances, `;
  lines.push(
    `${those}about ${minutes < 1.5 ? `${Math.ceil(minutes * 60)} s` : `${Math.ceil(minutes)} min`}` +
      ' (a guess before the first measurement; VMs are assumed to be emulated)',
  );
  return lines.join('\n') + '\n';
}
