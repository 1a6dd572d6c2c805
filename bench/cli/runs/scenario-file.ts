/** A scenario as a file of its own: what editors need to complete and check it, then the scenario. */
import { dirname, relative } from 'node:path';
import { payloadScenarioText, type PayloadChoices } from '../../../scenarios/loader/payload-scenario.ts';
import { schemaFile } from '../../environment/package.ts';

/** @param file absolute path that it will have */
export function scenarioFileText(choices: PayloadChoices, file: string): string {
  const schema = schemaFile('scenario');
  const below = relative(dirname(file), schema);
  // A dependency of the project is there for everybody who clones it; any other place is this machine's own.
  const place = below.startsWith('..') ? schema : `./${below}`;
  return `# yaml-language-server: $schema=${place}\n${payloadScenarioText(choices)}`;
}
