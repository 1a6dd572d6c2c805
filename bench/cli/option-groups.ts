/** Options that several commands take together, in the order in which their help shows them. */
import { Option, type Command, type OptionValues } from '@commander-js/extra-typings';
import * as options from './options.ts';

/** Of every command that runs scenarios by blocks of samples. */
export function addRunOptions<Args extends unknown[], Opts extends OptionValues>(
  command: Command<Args, Opts>,
) {
  return command
    .addOption(options.seedOption)
    .addOption(options.accelOption)
    .addOption(options.outOption)
    .addOption(new Option('--resume <run>', 'continue a run that was killed or interrupted'))
    .addOption(options.reporterOption)
    .addOption(options.jsonOption)
    .option('--dry-run', 'print the plan and how long it will take, and run nothing')
    .option('--fail-on-inconclusive', 'exit 5 if a gate is inconclusive');
}

/** Of every command that reports. */
export function addReportOptions<Args extends unknown[], Opts extends OptionValues>(
  command: Command<Args, Opts>,
) {
  return command.addOption(options.outOption).addOption(options.reporterOption).addOption(options.jsonOption);
}
