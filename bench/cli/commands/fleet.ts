/** `tare fleet`: one scenario on many hosts, and the records that come back as one. */
import { Argument, type Command } from '@commander-js/extra-typings';
import { exitCodes, TareError } from '../../environment/errors.ts';
import { fleetReporters } from '../../../reports/fleet/index.ts';
import type { CommandTools } from '../commands.ts';
import { mergeCommand } from '../fleet/merge.ts';
import { jsonOption, reporterOptionOf } from '../options.ts';

const actions = ['merge'] as const;

export function define(command: Command, { act }: CommandTools): void {
  command
    .addArgument(new Argument('<what>', 'merge: records of many hosts as one').choices(actions))
    .argument('[name...]', 'merge: folders that hold records of runs, one folder per host or any other way')
    .option('--out <dir>', 'a folder for fleet.json, report.html, report.md and fleet.csv')
    .option('--against <fleet>', 'a fleet record that `worse-by` gates compare with')
    .option('--leave-out', 'leave out records that do not belong to the fleet, and say so in the report')
    .option('--fail-on-inconclusive', 'exit 5 if a gate is inconclusive')
    .addOption(reporterOptionOf(fleetReporters))
    .addOption(jsonOption)
    .action((_what, names, chosen) =>
      act((context) => {
        if (names.length === 0) {
          throw new TareError('name at least one folder with records', exitCodes.usage);
        }
        return mergeCommand({ ...chosen, paths: names }, context);
      }),
    );
}
