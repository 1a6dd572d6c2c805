/**
 * `tare compare`: the difference between runs, figure by figure, with intervals; of runs that are there already, or (--ab)
 * of two scenarios that are run for it. The first is the reference.
 */
import { compareRuns } from '../../analysis/compare-runs/compare-runs.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError, type ExitCode } from '../../environment/errors.ts';
import { measureNames } from '../../../scenarios/measures/measures.ts';
import type { AccelChoice } from '../../../scenarios/schema/words.ts';
import { didYouMean } from '../../../scenarios/loader/suggest.ts';
import type { RunRecord } from '../../record/schema.ts';
import { verifyRecord } from '../../store/verify-record.ts';
import { findRun } from '../../store/find-run.ts';
import { readRecord } from '../../store/read-record.ts';
import { printComparison } from '../output/print-comparison.ts';

export interface CompareCommandOptions {
  runs: readonly string[];
  platform: readonly string[];
  measure: readonly string[];
  force?: true | undefined;
  /** Scenarios are named instead of runs, and are run in turn. */
  ab?: true | undefined;
  samples?: number | undefined;
  seed?: number | undefined;
  accel?: AccelChoice | undefined;
  out?: string | undefined;
  /** Whether the command line says how to run. */
  hasChoices: boolean;
  json?: true | undefined;
}

export async function compareCommand(
  options: CompareCommandOptions,
  context: CommandContext,
): Promise<ExitCode> {
  if (options.ab) {
    const { compareVariants } = await import('./compare-variants.ts');
    return await compareVariants({ ...options, scenarios: options.runs }, context);
  }
  if (options.hasChoices) {
    throw new TareError(
      '--samples, --seed, --accel and --out are for --ab, which runs two scenarios; these are runs already',
      exitCodes.usage,
    );
  }
  const [first, ...others] = options.runs;
  if (first === undefined || others.length === 0) {
    throw new TareError('give two runs or more: the reference first, then what to compare', exitCodes.usage);
  }
  const reference = await readRun(first, context);
  const runs: RunRecord[] = [];
  for (const name of others) runs.push(await readRun(name, context));
  checkNames(options, [reference, ...runs]);
  const comparison = compareRuns(reference, runs, {
    platforms: options.platform,
    measures: options.measure,
    force: options.force === true,
  });
  printComparison(comparison, options, context);
  return exitCodes.done;
}

async function readRun(name: string, context: CommandContext): Promise<RunRecord> {
  const record = await readRecord((await findRun(name, context.cwd)).record);
  verifyRecord(record);
  return record;
}

/** A misspelt filter would compare nothing and look like "no difference". */
function checkNames({ platform, measure }: CompareCommandOptions, records: readonly RunRecord[]): void {
  const platforms = [...new Set(records.flatMap((record) => record.platforms.map(({ id }) => id)))];
  for (const name of platform) {
    if (platforms.includes(name)) continue;
    throw new TareError(`no platform "${name}" in these runs${didYouMean(name, platforms)}`, exitCodes.usage);
  }
  const measures: readonly string[] = measureNames;
  for (const name of measure) {
    if (measures.includes(name)) continue;
    throw new TareError(`unknown measure "${name}"${didYouMean(name, measures)}`, exitCodes.usage);
  }
}
