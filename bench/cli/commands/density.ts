/** `tare density`: the measure `density` of the scenarios and nothing else. */
import type { Command } from '@commander-js/extra-typings';
import { densityScenario } from '../../../scenarios/loader/built-in.ts';
import { hasChoices } from '../choices.ts';
import type { CommandTools } from '../commands.ts';
import { addRunOptions, scenarioArgument } from '../option-groups.ts';
import { platformOption } from '../options.ts';
import { runCommand } from './run.ts';

/** A run that is resumed has the measures it was begun with. */
export function define(command: Command, { act }: CommandTools): void {
  addRunOptions(command.addArgument(scenarioArgument(densityScenario)).addOption(platformOption)).action(
    (scenarios, chosen, { args }) =>
      act((context) =>
        runCommand(
          { ...chosen, scenarios, measure: ['density'], hasChoices: hasChoices(command, args) },
          context,
        ),
      ),
  );
}
