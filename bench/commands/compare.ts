/** `tare compare`: the difference between runs, figure by figure, with intervals. The first run is the reference. */
import { compareRuns } from '../comparison/compare-runs.ts';
import type { CommandContext } from '../context.ts';
import { exitCodes, TareError, type ExitCode } from '../errors.ts';
import { comparisonTerminal } from '../../reports/comparison-terminal.ts';
import { measureNames } from '../../scenarios/words.ts';
import { didYouMean } from '../../scenarios/suggest.ts';
import type { RunRecord } from '../record/schema.ts';
import { findRun } from './find-run.ts';
import { readRecord } from './read-record.ts';
import { plainColumns } from './report-targets.ts';

export interface CompareCommandOptions {
  runs: readonly string[];
  platform: readonly string[];
  measure: readonly string[];
  force?: true | undefined;
  json?: true | undefined;
}

export async function compareCommand(
  options: CompareCommandOptions,
  context: CommandContext,
): Promise<ExitCode> {
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
  context.stdout.write(
    options.json
      ? `${JSON.stringify(comparison, null, 2)}\n`
      : comparisonTerminal(comparison, { columns: context.columns ?? plainColumns, colour: context.colour }),
  );
  return exitCodes.done;
}

async function readRun(name: string, context: CommandContext): Promise<RunRecord> {
  return readRecord((await findRun(name, context.cwd)).record);
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
