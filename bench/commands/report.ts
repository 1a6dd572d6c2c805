/** `tare report`: renders the reports again from a record; the same record gives the same bytes. */
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CommandContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../errors.ts';
import { findRun } from './find-run.ts';
import { readRecord } from './read-record.ts';
import { checkTargets, printReport, reportTargets, writeTargets } from './report-targets.ts';

export interface ReportOptions {
  run: string;
  out?: string | undefined;
  reporter: readonly string[];
  json?: true | undefined;
}

export async function reportCommand(options: ReportOptions, context: CommandContext): Promise<ExitCode> {
  const found = await findRun(options.run, context.cwd);
  const record = await readRecord(found.record);
  const folder = options.out === undefined ? found.folder : resolve(context.cwd, options.out);
  const targets = reportTargets(
    { folder, reporter: options.reporter, json: options.json === true },
    context.cwd,
  );
  await mkdir(folder, { recursive: true });
  await checkTargets(targets);
  await writeTargets(targets, record);
  printReport(targets, record, context);
  return exitCodes.done;
}
