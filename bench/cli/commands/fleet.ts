/** `tare fleet`: scenarios on many hosts, and the records that come back as one. */
import { Argument, InvalidArgumentError, type Command } from '@commander-js/extra-typings';
import { exitCodes, TareError } from '../../environment/errors.ts';
import { fleetReporters } from '../../../reports/fleet/index.ts';
import type { CommandTools } from '../commands.ts';
import { mergeCommand } from '../fleet/merge.ts';
import { fleetAttach, fleetRun } from '../fleet/run.ts';
import { jsonOption, measureOption, platformOption, reporterOptionOf, samplesOption } from '../options.ts';

const actions = ['run', 'attach', 'merge'] as const;

export function define(command: Command, { act }: CommandTools): void {
  command
    .addArgument(
      new Argument(
        '<what>',
        'run: scenarios on nodes of a Slurm cluster; attach: follow one that runs; merge: records of many hosts as one',
      ).choices(actions),
    )
    .argument(
      '[name...]',
      "run: scenarios; attach: the fleet's folder; merge: folders that hold records of runs",
    )
    .option('--nodes <n>', 'run: on so many nodes', count)
    .option('--nodelist <list>', 'run: on these nodes, such as n[1-3],n7')
    .option('--constraint <features>', 'run: only on nodes with these features, such as new&fast')
    .option('--partition <name>', 'run: only on nodes of this partition')
    .option('--time <limit>', "run: Slurm's time limit of each run, such as 30:00")
    .option('--runs-per-node <k>', 'run: so many runs on each node, one after the other (default: 1)', count)
    .option(
      '--broadcast [dir]',
      'run: nodes share no file system: bring this build, payload and images to a folder of each (default: /var/tmp)',
    )
    .addOption(platformOption)
    .addOption(measureOption)
    .addOption(samplesOption)
    .option('--dry-run', 'run: print the batch script, and submit nothing')
    .option('--cancel', 'attach: end the fleet; each node cleans up')
    .option(
      '--out <dir>',
      'a folder for fleet.json, report.html, report.md and fleet.csv; for run on a shared file system',
    )
    .option('--against <fleet>', 'merge: a fleet record that `worse-by` gates compare with')
    .option(
      '--leave-out',
      'merge: leave out records that do not belong to the fleet, and say so in the report',
    )
    .option('--fail-on-inconclusive', 'exit 5 if a gate is inconclusive')
    .addOption(reporterOptionOf(fleetReporters))
    .addOption(jsonOption)
    .action((what, names, chosen) =>
      act(async (context) => {
        const [first, ...others] = names;
        if (first === undefined) throw new TareError(missing[what], exitCodes.usage);
        if (what === 'merge') return await mergeCommand({ ...chosen, paths: names }, context);
        if (what === 'attach') {
          if (others.length === 0) return await fleetAttach({ ...chosen, folder: first }, context);
          throw new TareError('tare fleet attach takes one folder', exitCodes.usage);
        }
        if (chosen.nodes === undefined && chosen.nodelist === undefined) {
          throw new TareError('say on which nodes: --nodes N or --nodelist LIST', exitCodes.usage);
        }
        // The nodes start this program as it was started here.
        const program = [process.execPath, ...process.execArgv, process.argv[1] ?? ''];
        return await fleetRun({ ...chosen, scenarios: names }, program, context);
      }),
    );
}

const missing = {
  run: 'name a scenario to run',
  attach: "name the fleet's folder",
  merge: 'name at least one folder with records',
} as const;

function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It must be a whole number, at least 1.');
  return Number(text);
}
