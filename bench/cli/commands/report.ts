/** `tare report`: renders the reports again from a record; the same record gives the same bytes. */
import type { Command } from '@commander-js/extra-typings';
import { run } from '../../../runners/machine/command.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError, type ExitCode } from '../../environment/errors.ts';
import { findRun } from '../../store/find-run.ts';
import { readRun } from '../../run/journal/stored-run.ts';
import type { CommandTools } from '../commands.ts';
import { addReportOptions, runArgument } from '../option-groups.ts';
import { columnsOption } from '../options.ts';
import { openTargets, printReport, writeTargets } from '../output/report-targets.ts';

export function define(command: Command, { act }: CommandTools): void {
  addReportOptions(command.addArgument(runArgument))
    .addOption(columnsOption)
    .option('--open', 'open the HTML report in the browser ($BROWSER, else xdg-open)')
    .action((run, chosen) => act((context) => reportCommand({ ...chosen, run }, context)));
}

interface ReportOptions {
  run: string;
  out?: string | undefined;
  reporter: readonly string[];
  json?: true | undefined;
  open?: true | undefined;
}

export async function reportCommand(options: ReportOptions, context: CommandContext): Promise<ExitCode> {
  const found = await findRun(options.run, context.cwd);
  const record = await readRun(found);
  const targets = await openTargets(found.folder, options, context.cwd);
  await writeTargets(targets, record, context);
  printReport(targets, record, context);
  if (options.open && targets.page !== null) await openPage(targets.page, context);
  return exitCodes.done;
}

/** @throws TareError (exit 3) where no browser can be started; the page itself is there */
async function openPage(page: string, { env, signal }: CommandContext): Promise<void> {
  const browser = env['BROWSER'] ?? 'xdg-open';
  try {
    await run(browser, [page], { signal, timeoutMs: 30_000 });
  } catch (error) {
    signal.throwIfAborted();
    throw new TareError(
      `${browser} did not open ${page}; open it yourself, or name a browser in BROWSER`,
      exitCodes.unfit,
      { cause: error },
    );
  }
}
