/** `tare check`: a run against its gates, and against a reference run. */
import { InvalidArgumentError, Option, type Command } from '@commander-js/extra-typings';
import {
  durationExample,
  parseDuration,
  parsePercent,
  percentExample,
} from '../../../scenarios/schema/quantities.ts';
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
import { comparisonReporters } from '../../../reports/comparison/index.ts';
import { reporters } from '../../../reports/index.ts';
import { findRun } from '../../store/find-run.ts';
import { readRun } from '../../run/journal/stored-run.ts';
import type { CommandTools } from '../commands.ts';
import { addReportOptions, runArgument } from '../option-groups.ts';
import { widthOption } from '../options.ts';
import { openTargets, plainColumns, printReport, writeTargets } from '../output/report-targets.ts';
import { exitCodeOf } from '../output/verdict.ts';

export function define(command: Command, { act }: CommandTools): void {
  addReportOptions(
    command
      .addArgument(runArgument)
      .option(
        '--against <run|file|dir>',
        'a run, a reference file, or a folder of reference files (default: tare-references)',
      )
      .addOption(budgetOption)
      .option(
        '--self-test',
        'test the gates themselves: false alarms on identical starts, and whether a slowdown is found; kept beside the run',
      )
      .addOption(injectOption)
      .option('--update', 'make this run the reference, and show what changes')
      .option('--force', 'check also what is not comparable, and say so in the output')
      .option('--fail-on-inconclusive', 'exit 5 if a gate is inconclusive')
      .addOption(widthOption),
  ).action((run, chosen) => act((context) => checkCommand({ ...chosen, run }, context)));
}

const budgetOption = new Option(
  '--budget <time>',
  'time for more samples while a gate is inconclusive, such as 10m',
)
  .argParser((text: string) => {
    const durationMs = parseDuration(text);
    if (durationMs === null) throw new InvalidArgumentError(`It must be ${durationExample}.`);
    return durationMs;
  })
  .env('TARE_BUDGET');

const injectOption = new Option(
  '--inject <share>',
  'the slowdown that the self-test injects (default: 15%)',
).argParser((text: string) => {
  const share = parsePercent(text);
  if (share === null || share === 0) throw new InvalidArgumentError(`It must be ${percentExample}.`);
  return share;
});

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
  const record = await readRun(found);
  verifyRecord(record);
  let hasFailed = false;
  if (options.selfTest) {
    const { result, failures } = await selfTest(
      record,
      { folder: found.folder, injected: options.inject ?? 0.15 },
      context,
    );
    await writeSelfTest(found.folder, result);
    context.log.progress('');
    context.stdout.write(selfTestText(result));
    hasFailed = failures.length > 0;
  }
  const tested = await readSelfTest(found.folder);
  if (options.update) {
    const updated = await updateReference(
      { record, selfTest: tested, against: options.against },
      context.cwd,
    );
    printUpdate(updated, context);
  }
  if (options.update || options.selfTest) return hasFailed ? exitCodes.failed : exitCodes.done;
  const reference = await findReference(options.against, record, context.cwd, readRun);
  if (reference !== null) verifyRecord(reference.record);
  const targets = await openTargets(found.folder, options, context.cwd);
  const check = await checkWithin(
    options.budget ?? null,
    { record, folder: found.folder, reference, selfTest: tested, force: options.force === true },
    context,
  );
  const fairness = [...check.record.fairness, ...check.findings];
  const checked = { ...check.record, gates: check.gates, fairness };
  await writeTargets(targets, checked, context);
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
  if (comparison !== null) {
    const { columns, colour } = context;
    const options = { columns: columns ?? plainColumns, colour };
    context.stdout.write(comparisonReporters.terminal.render(comparison, options));
  }
  const words = { new: 'new reference', same: 'the same run as before', older: 'reference renewed' };
  context.stdout.write(`${words[was]}: ${path}\n`);
}

function selfTestText(result: SelfTest): string {
  const lines = result.gates.map((gate) => `${gate.gate}: ${testText(gate, result)}`);
  return `self-test of ${result.run}, ${result.blocks} blocks, ${result.trials} trials\n${lines.join('\n')}\n`;
}
