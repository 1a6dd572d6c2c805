/** `tare check`: a run against its gates, and against a reference run. */
import { checkWithin } from '../../check/check-within.ts';
import { findReference } from '../../check/find-reference.ts';
import { testText } from '../../check/noise.ts';
import { selfTest } from '../../check/self-test.ts';
import { readSelfTest, writeSelfTest } from '../../check/self-test-file.ts';
import type { SelfTest } from '../../check/self-test-record.ts';
import { updateReference } from '../../check/update-reference.ts';
import { verifyRecord } from '../../record/verify-record.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, type ExitCode } from '../../environment/errors.ts';
import { checkTerminal } from '../../../reports/check-terminal.ts';
import { reporters } from '../../../reports/index.ts';
import { findRun } from '../runs/find-run.ts';
import { readRecord } from '../runs/read-record.ts';
import { openTargets, plainColumns, printReport, writeTargets } from '../output/report-targets.ts';
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
  if (options.update) await updateReference({ record, selfTest: tested, against: options.against }, context);
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

function selfTestText(result: SelfTest): string {
  const lines = result.gates.map((gate) => `${gate.gate}: ${testText(gate, result)}`);
  return `self-test of ${result.run}, ${result.blocks} blocks, ${result.trials} trials\n${lines.join('\n')}\n`;
}
