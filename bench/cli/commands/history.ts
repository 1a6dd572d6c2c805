/** `tare history`: the trend of figures over stored runs, and where they have changed. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option, type Command } from '@commander-js/extra-typings';
import { historyReporters } from '../../../reports/history/index.ts';
import { didYouMean } from '../../../scenarios/loader/suggest.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError, type ExitCode } from '../../environment/errors.ts';
import { buildHistory } from '../../analysis/history/build-history.ts';
import { findRecords } from '../../store/find-records.ts';
import { readStored } from '../../store/stored-run.ts';
import { runsFolder } from '../../environment/paths.ts';
import type { RunHistory, StoredRun } from '../../record/history.ts';
import { isPart } from '../../record/result.ts';
import type { CommandTools } from '../commands.ts';
import { collect, collectNames, jsonOption, platformOption, reporterOptionOf } from '../options.ts';
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

const dirOption = new Option(
  '--dir <dir>',
  'a folder that holds runs, records or reference files; repeatable',
)
  .argParser(collect)
  .default([] as string[], '.tare/runs');

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
  const { stored, unreadable } = await readAll(await pathsOf(options.dir, context.cwd), context);
  for (const { message } of unreadable) context.log.warn(message);
  checkNames(options, stored);
  await checkTargets(targets);
  const history = buildHistory(stored, unreadable, (figure) => {
    const { platform, metric } = figure;
    if (options.platform.length > 0 && !options.platform.includes(platform)) return false;
    return options.metric.length > 0 ? options.metric.includes(metric) : !isPart(figure);
  });
  await writeTargets(targets, history);
  printReport(targets, history, context);
  return exitCodes.done;
}

/** @throws TareError (exit 2) where a folder is not there or holds nothing */
async function pathsOf(folders: readonly string[], cwd: string): Promise<string[]> {
  const usual = runsFolder(cwd);
  const paths: string[] = [];
  for (const folder of folders.length > 0 ? folders.map((each) => resolve(cwd, each)) : [usual]) {
    const there = await stat(folder).catch(() => null);
    if (there?.isDirectory()) paths.push(...(await findRecords(folder)));
    else if (folder !== usual) {
      throw new TareError(
        `--dir ${folder}: ${there ? 'it is not a folder' : 'there is no such folder'}`,
        exitCodes.usage,
      );
    }
  }
  if (paths.length > 0) return [...new Set(paths)];
  const where = folders.length > 0 ? folders.join(', ') : usual;
  throw new TareError(
    `there is no run in ${where}: \`tare run\` makes one, and --dir names a folder with runs or reference files`,
    exitCodes.usage,
  );
}

/** @throws TareError (exit 2) where nothing can be read */
async function readAll(
  paths: readonly string[],
  context: CommandContext,
): Promise<{ stored: StoredRun[]; unreadable: RunHistory['unreadable'] }> {
  const stored: StoredRun[] = [];
  const unreadable: RunHistory['unreadable'] = [];
  for (const path of paths) {
    context.signal.throwIfAborted();
    try {
      stored.push(await readStored(path));
    } catch (error) {
      if (!(error instanceof TareError)) throw error;
      unreadable.push({ path, message: error.message });
    }
  }
  if (stored.length > 0) return { stored, unreadable };
  throw new TareError(
    `none of these can be read:\n${unreadable.map(({ message }) => message).join('\n')}`,
    exitCodes.usage,
  );
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
