/** The commands on runs of other times and places, with their options: history and import. */
import type { Command } from '@commander-js/extra-typings';
import type { CommandContext } from '../environment/context.ts';
import type { ExitCode } from '../environment/errors.ts';
import * as options from './options.ts';

/** Runs a command's action with its context. */
type Act = (action: (context: CommandContext) => Promise<ExitCode>) => Promise<void>;

export function addHistoryAndImport(program: Command, act: Act): void {
  program
    .command('history')
    .description('trend of figures over stored runs, and where they have changed')
    .addOption(options.metricOption)
    .addOption(options.platformOption)
    .addOption(options.dirOption)
    .addOption(options.historyReporterOption)
    .addOption(options.jsonOption)
    .action((chosen) =>
      act(async (context) => (await import('./commands/history.ts')).historyCommand(chosen, context)),
    );

  program
    .command('import')
    .description('samples that others have measured, as a run that can be reported, compared and checked')
    .argument('<csv>', `CSV with platform, metric, value; also: lens, unit, block, better`)
    .addOption(options.importOutOption)
    .addOption(options.importNameOption)
    .option('--gates <file>', 'a YAML file with `gates`, as in a scenario')
    .addOption(options.atOption)
    .action((csv, chosen) =>
      act(async (context) =>
        (await import('./commands/import.ts')).importCommand({ ...chosen, csv }, context),
      ),
    );
}
