/** The command `history` with its options. */
import type { Command } from '@commander-js/extra-typings';
import type { CommandContext } from './context.ts';
import type { ExitCode } from './errors.ts';
import * as options from './options.ts';

/** Runs a command's action with its context. */
type Act = (action: (context: CommandContext) => Promise<ExitCode>) => Promise<void>;

export function addHistory(program: Command, act: Act): void {
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
}
