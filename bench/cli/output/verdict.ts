/** The exit code that a record ends the program with. */
import { exitCodes, type ExitCode } from '../../environment/errors.ts';
import type { RunRecord } from '../../record/schema.ts';

/** What weighs most comes first: a machine or a platform that failed explains a gate that did. */
const byWeight: readonly ExitCode[] = [
  exitCodes.usage,
  exitCodes.unfit,
  exitCodes.failed,
  exitCodes.gateFailed,
  exitCodes.inconclusive,
];

export function exitCodeOf(record: RunRecord, options: { failOnInconclusive: boolean }): ExitCode {
  const gates = record.gates.filter((gate) => gate.level === 'error');
  const codes: ExitCode[] = [];
  if (record.platforms.length > 0 && record.platforms.every((platform) => platform.skipped !== null)) {
    codes.push(exitCodes.unfit);
  }
  if (record.failures.length > 0) codes.push(exitCodes.failed);
  if (gates.some((gate) => gate.verdict === 'fail')) codes.push(exitCodes.gateFailed);
  if (options.failOnInconclusive && gates.some((gate) => gate.verdict === 'inconclusive')) {
    codes.push(exitCodes.inconclusive);
  }
  return heaviest(codes);
}

/** One exit code for several runs. */
export function heaviest(codes: readonly ExitCode[]): ExitCode {
  return byWeight.find((code) => codes.includes(code)) ?? exitCodes.done;
}
