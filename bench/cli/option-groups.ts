/** Arguments and options that several commands take, in the order in which their help shows them. */
import { Argument, Option, type Command, type OptionValues } from '@commander-js/extra-typings';
import * as options from './options.ts';

/** @param usual what runs when none is named */
export function scenarioArgument(usual: string) {
  return new Argument('[scenario...]', 'scenario file or built-in name').default([usual], usual);
}

/** Of every command that takes one run. */
export const runArgument = new Argument(
  '<run>',
  "a run's folder, its run.json, an id under .tare/runs, or `last`",
);

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
    .addOption(options.columnsOption)
    .option('--dry-run', 'print the plan and how long it will take, and run nothing')
    .option('--fail-on-inconclusive', 'exit 5 if a gate is inconclusive');
}

/** Of every command that reports. */
export function addReportOptions<Args extends unknown[], Opts extends OptionValues>(
  command: Command<Args, Opts>,
) {
  return command.addOption(options.outOption).addOption(options.reporterOption).addOption(options.jsonOption);
}
