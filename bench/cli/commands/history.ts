/** `tare history`: the trend of figures over stored runs, and where they have changed. */
import { Option, type Command } from '@commander-js/extra-typings';
import { historyReporters } from '../../../reports/history/index.ts';
import { didYouMean } from '../../../scenarios/loader/suggest.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError, type ExitCode } from '../../environment/errors.ts';
import { buildHistory } from '../../analysis/history/build-history.ts';
import { readStored } from '../../store/stored-run.ts';
import type { StoredRun } from '../../record/history.ts';
import { isPart } from '../../record/result.ts';
import type { CommandTools } from '../commands.ts';
import { collectNames, jsonOption, platformOption, reporterOptionOf } from '../options.ts';
import { dirOption, readEach, storedPaths } from '../runs/stored-runs.ts';
import { checkTargets, printReport, requestedTargets, writeTargets } from '../output/report-targets.ts';

export function define(command: Command, { act }: CommandTools): void {
  command
    .addOption(metricOption)
    .addOption(platformOption)
    .addOption(dirOption)
    .addOption(reporterOptionOf(historyReporters))
    .addOption(jsonOption)
    .action((chosen) => act((context) => historyCommand(chosen, context)));
}

const metricOption = new Option(
  '--metric <name>',
  'only this metric, such as startup.ready; repeatable, or several with commas',
)
  .argParser(collectNames)
  .default([] as string[], 'all but phases and other parts');

export interface HistoryOptions {
  metric: readonly string[];
  platform: readonly string[];
  /** Folders with stored runs; empty: the runs of the working folder. */
  dir: readonly string[];
  reporter: readonly string[];
  json?: true | undefined;
}

export async function historyCommand(options: HistoryOptions, context: CommandContext): Promise<ExitCode> {
  const targets = requestedTargets(
    { reporter: options.reporter, json: options.json === true },
    historyReporters,
    context.cwd,
  );
  const { stored, unreadable } = await readEach(
    await storedPaths(options.dir, context.cwd),
    readStored,
    context,
  );
  for (const { message } of unreadable) context.log.warn(message);
  checkNames(options, stored);
  await checkTargets(targets);
  const history = buildHistory(stored, unreadable, (figure) => {
    const { platform, metric } = figure;
    if (options.platform.length > 0 && !options.platform.includes(platform)) return false;
    return options.metric.length > 0 ? options.metric.includes(metric) : !isPart(figure);
  });
  await writeTargets(targets, history, context);
  printReport(targets, history, context);
  return exitCodes.done;
}

/** A misspelt filter would show nothing and look like "no such figure yet". */
function checkNames({ metric, platform }: HistoryOptions, stored: readonly StoredRun[]): void {
  const figures = stored.flatMap((run) => run.figures);
  const known = {
    metric: figures.map((each) => each.metric),
    platform: figures.map((each) => each.platform),
  };
  for (const [what, names] of Object.entries({ metric, platform }) as [
    keyof typeof known,
    readonly string[],
  ][]) {
    const there = [...new Set(known[what])];
    const wrong = names.find((name) => !there.includes(name));
    if (wrong === undefined) continue;
    throw new TareError(`no ${what} "${wrong}" in these runs${didYouMean(wrong, there)}`, exitCodes.usage);
  }
}
