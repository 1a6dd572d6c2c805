/** `tare check`: a run against its gates, and against a reference run. */
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { checkRun } from '../check/check-run.ts';
import { findReference } from '../check/find-reference.ts';
import { readSelfTest } from '../check/self-test-file.ts';
import { updateReference } from '../check/update-reference.ts';
import { verifyRecord } from '../check/verify-record.ts';
import type { CommandContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../errors.ts';
import { checkTerminal } from '../../reports/check-terminal.ts';
import { reporters } from '../../reports/index.ts';
import { findRun, type FoundRun } from './find-run.ts';
import { readRecord } from './read-record.ts';
import { checkTargets, plainColumns, printReport, reportTargets, writeTargets } from './report-targets.ts';
import { exitCodeOf } from './verdict.ts';

export interface CheckOptions {
  run: string;
  against?: string | undefined;
  update?: true | undefined;
  force?: true | undefined;
  failOnInconclusive?: true | undefined;
  out?: string | undefined;
  reporter: readonly string[];
  json?: true | undefined;
}

export async function checkCommand(options: CheckOptions, context: CommandContext): Promise<ExitCode> {
  const found = await findRun(options.run, context.cwd);
  const record = await readRecord(found.record);
  verifyRecord(record);
  const selfTest = await readSelfTest(found.folder);
  if (options.update) {
    await updateReference({ record, selfTest, against: options.against }, context);
    return exitCodes.done;
  }
  const reference = await findReference(options.against, record, context.cwd);
  if (reference !== null) verifyRecord(reference.record);
  const { gates, differences } = checkRun({
    record,
    reference,
    selfTest,
    force: options.force === true,
    looks: 1,
  });
  const checked = { ...record, gates };
  await report(checked, found);
  return exitCodeOf(checked, { failOnInconclusive: options.failOnInconclusive === true });

  async function report(judged: typeof record, { folder: runFolder }: FoundRun): Promise<void> {
    const folder = options.out === undefined ? runFolder : resolve(context.cwd, options.out);
    const targets = reportTargets(
      { folder, reporter: options.reporter, json: options.json === true },
      context.cwd,
    );
    await mkdir(folder, { recursive: true });
    await checkTargets(targets);
    await writeTargets(targets, judged);
    if (targets.stdout !== reporters.terminal) {
      printReport(targets, judged, context);
      return;
    }
    const { columns, colour } = context;
    const against = reference?.record.run ?? null;
    context.stdout.write(
      checkTerminal({ record: judged, against, differences }, { columns: columns ?? plainColumns, colour }),
    );
  }
}
