/** `tare build`: payload and images only, and what they weigh. It is a run that measures nothing but `image`. */
import type { Command } from '@commander-js/extra-typings';
import { defaultScenario } from '../../../scenarios/loader/built-in.ts';
import type { CommandContext } from '../../environment/context.ts';
import type { ExitCode } from '../../environment/errors.ts';
import { imagesOnly } from '../../run/prepare/images-only.ts';
import type { RunScenario } from '../../run/run.ts';
import type { CommandTools } from '../commands.ts';
import { addReportOptions, scenarioArgument } from '../option-groups.ts';
import { accelOption, platformOption } from '../options.ts';
import { runJobs, suite } from '../runs/jobs.ts';
import { loadJobs, newSeed } from '../runs/load-jobs.ts';
import type { RunOptions } from './run.ts';

export function define(command: Command, { act }: CommandTools): void {
  addReportOptions(
    command.addArgument(scenarioArgument(defaultScenario)).addOption(platformOption).addOption(accelOption),
  ).action((scenarios, chosen) => act((context) => buildCommand({ ...chosen, scenarios }, context)));
}

type BuildOptions = Pick<RunOptions, 'scenarios' | 'platform' | 'accel' | 'out' | 'reporter' | 'json'>;

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
