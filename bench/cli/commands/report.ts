/** `tare report`: renders the reports again from a record; the same record gives the same bytes. */
import type { Command } from '@commander-js/extra-typings';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, type ExitCode } from '../../environment/errors.ts';
import { findRun } from '../../store/find-run.ts';
import { readRun } from '../../run/journal/stored-run.ts';
import type { CommandTools } from '../commands.ts';
import { addReportOptions, runArgument } from '../option-groups.ts';
import { openTargets, printReport, writeTargets } from '../output/report-targets.ts';

export function define(command: Command, { act }: CommandTools): void {
  addReportOptions(command.addArgument(runArgument)).action((run, chosen) =>
    act((context) => reportCommand({ ...chosen, run }, context)),
  );
}

interface ReportOptions {
  run: string;
  out?: string | undefined;
  reporter: readonly string[];
  json?: true | undefined;
}

export async function reportCommand(options: ReportOptions, context: CommandContext): Promise<ExitCode> {
  const found = await findRun(options.run, context.cwd);
  const record = await readRun(found);
  const targets = await openTargets(found.folder, options, context.cwd);
  await writeTargets(targets, record);
  printReport(targets, record, context);
  return exitCodes.done;
}
