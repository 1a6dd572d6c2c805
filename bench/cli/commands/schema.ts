/** `tare schema`: the JSON Schema of what a person writes or a program reads. */
import { Argument, type Command } from '@commander-js/extra-typings';
import { z } from 'zod';
import { scenarioJsonSchema } from '../../../scenarios/schema/scenario-schema.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, type ExitCode } from '../../environment/errors.ts';
import { claimsSchema } from '../../record/claims/schema.ts';
import { comparisonSchema } from '../../record/comparison.ts';
import { fleetComparisonSchema } from '../../record/fleet-comparison.ts';
import { fleetSchema } from '../../record/fleet.ts';
import { historySchema } from '../../record/history.ts';
import { recordSchema } from '../../record/schema.ts';
import type { CommandTools } from '../commands.ts';

export function define(command: Command, { act }: CommandTools): void {
  command
    .addArgument(new Argument('<what>', 'of which document').choices(schemaSubjects))
    .action((subject) => act((context) => schemaCommand(subject, context)));
}

const schemas = {
  scenario: scenarioJsonSchema,
  record: () => z.toJSONSchema(recordSchema),
  comparison: () => z.toJSONSchema(comparisonSchema),
  history: () => z.toJSONSchema(historySchema),
  claims: () => z.toJSONSchema(claimsSchema),
  fleet: () => z.toJSONSchema(fleetSchema),
  'fleet-comparison': () => z.toJSONSchema(fleetComparisonSchema),
} satisfies Record<string, () => unknown>;
const schemaSubjects = Object.keys(schemas) as (keyof typeof schemas)[];

function schemaCommand(subject: keyof typeof schemas, context: CommandContext): Promise<ExitCode> {
  context.stdout.write(`${JSON.stringify(schemas[subject](), null, 2)}\n`);
  return Promise.resolve(exitCodes.done);
}
