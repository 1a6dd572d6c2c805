/** `tare density`: the measure `density` of the scenarios and nothing else. */
import type { CommandContext } from '../../environment/context.ts';
import type { ExitCode } from '../../environment/errors.ts';
import type { RunScenario } from '../../run/run.ts';
import { suite } from '../runs/jobs.ts';
import { runCommand, type RunOptions } from './run.ts';

/** A run that is resumed has the measures it was begun with. */
export function densityCommand(
  options: Omit<RunOptions, 'measure' | 'samples'>,
  context: CommandContext,
  runScenario: RunScenario = suite,
): Promise<ExitCode> {
  return runCommand({ ...options, measure: ['density'] }, context, runScenario);
}
