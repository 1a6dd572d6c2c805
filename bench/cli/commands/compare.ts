/**
 * `tare compare`: the difference between runs, figure by figure, with intervals; of runs that are there already, or (--ab)
 * of two scenarios that are run for it; and between two fleets, host by host. The first is the reference.
 */
import { Option, type Command } from '@commander-js/extra-typings';
import { comparisonReporters } from '../../../reports/comparison/index.ts';
import { compareRuns } from '../../analysis/compare-runs/compare-runs.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError, type ExitCode } from '../../environment/errors.ts';
import type { AccelChoice } from '../../../scenarios/schema/allowed-words.ts';
import type { RunRecord } from '../../record/schema.ts';
import { verifyRecord } from '../../store/verify-record.ts';
import type { RunComparison } from '../../record/comparison.ts';
import { findRun } from '../../store/find-run.ts';
import { readRun } from '../../run/journal/stored-run.ts';
import { hasRunChoices } from '../choices.ts';
import type { CommandTools } from '../commands.ts';
import { checkFilter, type ComparisonChoices } from '../comparison-filter.ts';
import { compareFleetsCommand, fleetsAmong } from '../fleet/compare.ts';
import {
  accelOption,
  jsonOption,
  measureOption,
  outOption,
  platformOption,
  reporterOptionOf,
  samplesOption,
  seedOption,
  widthOption,
} from '../options.ts';
import { checkTargets, printReport, requestedTargets, writeTargets } from '../output/report-targets.ts';
import { suite } from '../runs/jobs.ts';
import { runAb } from '../runs/run-ab.ts';

/** Width of the table on what is not a terminal: it has ten columns. */
const tableColumns = 120;

export function define(command: Command, { act }: CommandTools): void {
  command
    .argument(
      '<run...>',
      "two or more of: a run's folder, its run.json, an id under .tare/runs, `last`; or two fleets: folders of `tare fleet`, or their fleet.json",
    )
    .addOption(platformOption)
    .addOption(measureOption)
    .option('--force', 'compare also what is not comparable, and say so in the output')
    .addOption(abOption)
    .addOption(samplesOption)
    .addOption(seedOption)
    .addOption(accelOption)
    .addOption(outOption)
    .addOption(reporterOptionOf(comparisonReporters))
    .addOption(jsonOption)
    .addOption(widthOption)
    .action((runs, chosen) =>
      act((context) => compareCommand({ ...chosen, runs, hasChoices: hasRunChoices(command) }, context)),
    );
}

const abOption = new Option(
  '--ab',
  'run two scenarios (instead of RUN…), their blocks in turn, and compare them; the first is the reference',
).conflicts('force');

export interface CompareCommandOptions extends ComparisonChoices {
  /** Or fleets. */
  runs: readonly string[];
  /** Scenarios are named instead of runs, and are run in turn. */
  ab?: true | undefined;
  samples?: number | undefined;
  seed?: number | undefined;
  accel?: AccelChoice | undefined;
  out?: string | undefined;
  /** Whether the command line says how to run. */
  hasChoices: boolean;
}

export async function compareCommand(
  options: CompareCommandOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const targets = requestedTargets(
    { reporter: options.reporter, json: options.json === true },
    comparisonReporters,
    context.cwd,
  );
  await checkTargets(targets);
  const show = async (comparison: RunComparison): Promise<void> => {
    await writeTargets(targets, comparison, context);
    printReport(targets, comparison, context, tableColumns);
  };
  if (options.ab) return await runAb({ ...options, scenarios: options.runs }, show, context, suite);
  if (options.hasChoices) {
    throw new TareError(
      '--samples, --seed, --accel and --out are for --ab, which runs two scenarios; these are runs already',
      exitCodes.usage,
    );
  }
  const fleets = await fleetsAmong(options.runs, context.cwd);
  if (fleets) return await compareFleetsCommand({ ...options, names: options.runs, paths: fleets }, context);
  const [first, ...others] = options.runs;
  if (first === undefined || others.length === 0) {
    throw new TareError('name at least two runs, the reference first', exitCodes.usage);
  }
  const reference = await readVerified(first, context);
  const runs: RunRecord[] = [];
  for (const name of others) runs.push(await readVerified(name, context));
  const all = [reference, ...runs];
  checkFilter(options, 'runs', {
    platforms: all.flatMap((record) => record.platforms.map(({ id }) => id)),
    measures: all.flatMap(({ results }) => results.map((result) => result.measure)),
  });
  const comparison = compareRuns(reference, runs, {
    platforms: options.platform,
    measures: options.measure,
    force: options.force === true,
  });
  await show(comparison);
  return exitCodes.done;
}

async function readVerified(name: string, context: CommandContext): Promise<RunRecord> {
  const record = await readRun(await findRun(name, context.cwd));
  verifyRecord(record);
  return record;
}
