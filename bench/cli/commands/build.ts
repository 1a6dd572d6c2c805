/** `tare build`: payload and images only, and what they weigh. It is a run that measures nothing but `image`. */
import type { CommandContext } from '../../environment/context.ts';
import type { ExitCode } from '../../environment/errors.ts';
import { imagesOnly } from '../../run/images-only.ts';
import type { RunScenario } from '../../run/run.ts';
import { runJobs, suite } from '../runs/jobs.ts';
import { loadJobs, newSeed, type RunOptions } from './run.ts';

export type BuildOptions = Pick<RunOptions, 'scenarios' | 'platform' | 'accel' | 'out' | 'reporter' | 'json'>;

export async function buildCommand(
  options: BuildOptions,
  context: CommandContext,
  runScenario: RunScenario = suite,
): Promise<ExitCode> {
  const loaded = loadJobs(
    { ...options, measure: [], samples: null, seed: newSeed(), suffix: '-build' },
    context,
  );
  const jobs = loaded.map((job) => ({ ...job, scenario: imagesOnly(job.scenario) }));
  return await runJobs(jobs, options, context, runScenario);
}
