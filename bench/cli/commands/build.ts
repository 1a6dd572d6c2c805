/** `tare build`: payload and images only, and what they weigh. It is a run that measures nothing but `image`. */
import type { ResolvedScenario } from '../../../scenarios/resolved.ts';
import type { CommandContext } from '../../environment/context.ts';
import type { ExitCode } from '../../environment/errors.ts';
import { runJobs, suite, type Engine } from '../runs/jobs.ts';
import { loadJobs, newSeed, type RunOptions } from './run.ts';

export type BuildOptions = Pick<RunOptions, 'scenarios' | 'platform' | 'accel' | 'out' | 'reporter' | 'json'>;

export async function buildCommand(
  options: BuildOptions,
  context: CommandContext,
  engine: Engine = suite,
): Promise<ExitCode> {
  const loaded = loadJobs(
    { ...options, measure: [], samples: null, seed: newSeed(), suffix: '-build' },
    context,
  );
  const jobs = loaded.map((job) => ({ ...job, scenario: imagesOnly(job.scenario) }));
  return await runJobs(jobs, options, context, engine);
}

/** The scenario without anything that would need an instance. */
export function imagesOnly(scenario: ResolvedScenario): ResolvedScenario {
  return {
    ...scenario,
    measures: { startup: null, stop: null, memory: null, image: {}, density: null },
    gates: scenario.gates.filter((gate) => gate.metric.startsWith('image.')),
  };
}
