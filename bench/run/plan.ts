/** The plan: which platform is sampled when, and how each instance is ended. A function of scenario and seed alone. */
import { samplesOf, type MeasureName } from '../../scenarios/measures/measures.ts';
import { accelOf } from '../../scenarios/platforms/platforms.ts';
import type { ResolvedScenario } from '../../scenarios/resolved.ts';
import type { StopMode } from '../../runners/runner.ts';
import { takersOf } from '../measures/takers.ts';
import { seededRandom, shuffle } from '../statistics/random.ts';

export interface Step {
  platform: string;
  /** Measures with a number of samples of their own that take one of this instance. */
  measures: MeasureName[];
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
  // A capacity measure has blocks of its own.
  const counts = takersOf(scenario.measures)
    .filter(({ taker }) => !taker.capacity)
    .map(({ name }) => ({ name, samples: samplesOf(scenario.measures, name) ?? 0 }));
  const count = Math.max(0, ...counts.map(({ samples }) => samples));
  const platforms = scenario.platforms.map((platform) => platform.id);
  const random = seededRandom(seed);
  const blocks: Block[] = [];
  for (let index = 0; count > 0 && index <= count; index += 1) {
    const measures = counts.filter(({ samples }) => samples > 0 && index <= samples).map(({ name }) => name);
    const mode: StopMode = index % 2 === 1 ? 'graceful' : 'kill';
    const order = shuffle(platforms, random);
    // Nothing of the warm-up counts, so that its order may suit who waits for the first figure: cheap platforms first.
    if (index === 0) order.sort((a, b) => guessStepMs(scenario, a) - guessStepMs(scenario, b));
    blocks.push({
      index,
      isWarmup: index === 0,
      steps: order.map((platform) => ({ platform, measures, stop: mode })),
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
  const accel = spec ? accelOf(spec) : null;
  const watching = takersOf(scenario.measures)
    .map(({ options, taker }) => taker.instance?.estimateMs?.(options) ?? 0)
    .reduce((sum, each) => sum + each, 0);
  return (accel === null ? 3_500 : accel === 'kvm' ? 6_000 : 40_000) + watching;
}

export function estimateMs(scenario: ResolvedScenario, plan: Plan): number {
  const instanceMs = (platform: string): number => guessStepMs(scenario, platform);
  const steps = plan.blocks.flatMap((block) => block.steps).map((step) => instanceMs(step.platform));
  const capacities = takersOf(scenario.measures).map(
    ({ options, taker }) => taker.capacity?.estimateMs(options, scenario, instanceMs) ?? 0,
  );
  return [...steps, ...capacities].reduce((sum, each) => sum + each, 0);
}

/** The plan as text, for `--dry-run`. */
export function formatPlan(scenario: ResolvedScenario, plan: Plan): string {
  const taken = takersOf(scenario.measures);
  const isCapacity = taken.some(({ taker }) => taker.capacity);
  const minutes = estimateMs(scenario, plan) / 60_000;
  const linesOf = (ofCapacity: boolean): string[] =>
    taken
      .filter(({ taker }) => (taker.capacity !== undefined) === ofCapacity)
      .flatMap(({ options, taker }) => taker.planLines?.(options, scenario) ?? []);
  const lines = [
    `scenario ${scenario.name}: workload ${scenario.workload.name}, seed ${plan.seed}`,
    ...scenario.platforms.map(
      (platform) =>
        `  ${platform.id}: ${platform.runner}, ${platform.limits.cpus} CPU, ${platform.limits.memoryBytes / 2 ** 20} MiB` +
        (platform.id === scenario.baseline ? ' (baseline)' : ''),
    ),
    `payload and images are built first where they are not cached`,
  ];
  lines.push(...linesOf(false));
  const endsByItself = scenario.workload.ready.by === 'exit';
  for (const block of plan.blocks) {
    const what = block.steps[0];
    const end = endsByItself ? 'they end by themselves' : `ended by ${what?.stop ?? ''}`;
    lines.push(
      `block ${block.index}${block.isWarmup ? ' (warm-up, excluded)' : ''}: ` +
        `${block.steps.map((step) => step.platform).join(', ')} — ${what?.measures.join(', ') ?? ''}; ${end}`,
    );
  }
  lines.push(...linesOf(true));
  const instances = plan.blocks.reduce((sum, block) => sum + block.steps.length, 0);
  const those = isCapacity ? '' : `${instances} instances, `;
  lines.push(
    `${those}about ${minutes < 1.5 ? `${Math.ceil(minutes * 60)} s` : `${Math.ceil(minutes)} min`}` +
      ' (a guess before the first measurement; VMs are assumed to be emulated)',
  );
  return lines.join('\n') + '\n';
}
