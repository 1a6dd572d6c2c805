/** `tare schema`: the JSON Schema of what a person writes or a program reads. */
import { z } from 'zod';
import { scenarioJsonSchema } from '../../../scenarios/schema/scenario-schema.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, type ExitCode } from '../../environment/errors.ts';
import { comparisonSchema } from '../../record/comparison.ts';
import { historySchema } from '../../record/history.ts';
import { recordSchema } from '../../record/schema.ts';
import type { SchemaSubject } from '../vocabulary.ts';

const schemas = {
  scenario: scenarioJsonSchema,
  record: () => z.toJSONSchema(recordSchema),
  comparison: () => z.toJSONSchema(comparisonSchema),
  history: () => z.toJSONSchema(historySchema),
} satisfies Record<SchemaSubject, () => unknown>;

export function schemaCommand(subject: SchemaSubject, context: CommandContext): Promise<ExitCode> {
  context.stdout.write(`${JSON.stringify(schemas[subject](), null, 2)}\n`);
  return Promise.resolve(exitCodes.done);
}
