/** `tare check`: a run against its gates, and against a reference run. */
import { checkWithin } from '../../check/check-within.ts';
import { findReference } from '../../store/find-reference.ts';
import { testText } from '../../check/noise.ts';
import { selfTest } from '../../check/self-test.ts';
import { readSelfTest, writeSelfTest } from '../../store/self-test-file.ts';
import type { SelfTest } from '../../store/self-test-record.ts';
import { updateReference, type UpdatedReference } from '../../check/update-reference.ts';
import { verifyRecord } from '../../store/verify-record.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, type ExitCode } from '../../environment/errors.ts';
import { checkTerminal } from '../../../reports/check-terminal.ts';
import { reporters } from '../../../reports/index.ts';
import { findRun } from '../../store/find-run.ts';
import { readRecord } from '../../store/read-record.ts';
import { openTargets, plainColumns, printReport, writeTargets } from '../output/report-targets.ts';
import { printComparison } from '../output/print-comparison.ts';
import { exitCodeOf } from '../output/verdict.ts';

export interface CheckOptions {
  run: string;
  against?: string | undefined;
  /** Time for further samples, milliseconds. */
  budget?: number | undefined;
  selfTest?: true | undefined;
  /** The slowdown of the self-test, as a share. */
  inject?: number | undefined;
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
  if (options.selfTest) {
    const result = await selfTest(
      record,
      { folder: found.folder, injected: options.inject ?? 0.15 },
      context,
    );
    await writeSelfTest(found.folder, result);
    context.log.progress('');
    context.stdout.write(selfTestText(result));
  }
  const tested = await readSelfTest(found.folder);
  if (options.update) {
    const updated = await updateReference(
      { record, selfTest: tested, against: options.against },
      context.cwd,
    );
    printUpdate(updated, context);
  }
  if (options.update || options.selfTest) return exitCodes.done;
  const reference = await findReference(options.against, record, context.cwd);
  if (reference !== null) verifyRecord(reference.record);
  const targets = await openTargets(found.folder, options, context.cwd);
  const check = await checkWithin(
    options.budget ?? null,
    { record, folder: found.folder, reference, selfTest: tested, force: options.force === true },
    context,
  );
  const checked = { ...check.record, gates: check.gates };
  await writeTargets(targets, checked);
  if (targets.stdout === reporters.terminal) {
    const { columns, colour } = context;
    context.log.progress('');
    context.stdout.write(
      checkTerminal(
        { record: checked, against: reference?.record.run ?? null, differences: check.differences },
        { columns: columns ?? plainColumns, colour },
      ),
    );
  } else {
    printReport(targets, checked, context);
  }
  return exitCodeOf(checked, { failOnInconclusive: options.failOnInconclusive === true });
}

function printUpdate({ path, was, comparison }: UpdatedReference, context: CommandContext): void {
  if (comparison !== null) printComparison(comparison, {}, context);
  const words = { new: 'new reference', same: 'the same run as before', older: 'reference renewed' };
  context.stdout.write(`${words[was]}: ${path}\n`);
}

function selfTestText(result: SelfTest): string {
  const lines = result.gates.map((gate) => `${gate.gate}: ${testText(gate, result)}`);
  return `self-test of ${result.run}, ${result.blocks} blocks, ${result.trials} trials\n${lines.join('\n')}\n`;
}
