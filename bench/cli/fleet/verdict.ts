/** The exit code that a fleet ends the program with. */
import { exitCodes, type ExitCode } from '../../environment/errors.ts';
import type { FleetRecord } from '../../record/fleet.ts';
import { heaviest } from '../output/verdict.ts';

/** Failures of single hosts are in the report: what is asked here is whether the fleet's gates hold. */
export function fleetExitCode(
  { gates }: Pick<FleetRecord, 'gates'>,
  { failOnInconclusive }: { failOnInconclusive: boolean },
): ExitCode {
  const serious = gates.filter(({ level }) => level === 'error').map(({ verdict }) => verdict);
  return heaviest([
    ...(serious.includes('fail') ? [exitCodes.gateFailed] : []),
    ...(failOnInconclusive && serious.includes('inconclusive') ? [exitCodes.inconclusive] : []),
  ]);
}
