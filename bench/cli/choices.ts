/** What the command line itself chose; the environment and a project file do not count. */
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

type Sources = Pick<CommandUnknownOpts, 'getOptionValueSource'>;

/** Whether arguments or flags say what to run. Flags about output do not. */
export function hasChoices(command: Sources, named: readonly string[]): boolean {
  return named.length > 0 || isAnyGiven(command, ['platform', 'measure']) || hasRunChoices(command);
}

/** Whether flags say how to run. */
export function hasRunChoices(command: Sources): boolean {
  return isAnyGiven(command, ['samples', 'seed', 'accel', 'out']);
}

function isAnyGiven(command: Sources, keys: readonly string[]): boolean {
  return keys.some((key) => command.getOptionValueSource(key) === 'cli');
}
