/** Schema of a scenario file. It is the one definition: types, messages and `tare schema scenario` come from it. */
import { z } from 'zod';
import { identifier } from './fields.ts';
import { cpus, memory, platformSchema } from '../platforms/platform-schema.ts';
import { percentExample } from './quantities.ts';
import { gateLevels } from './allowed-words.ts';
import { measuresSchema } from '../measures/measures.ts';
import { workloadSchema } from './workload-schema.ts';

const limits = z
  .strictObject({ cpus: cpus.prefault(1), memory: memory.prefault('512MiB') })
  .prefault({})
  .describe('Limits per instance, the same for every platform.');

const measures = measuresSchema
  .refine((named) => Object.keys(named).length > 0, {
    message: 'nothing is measured; expected at least one measure, for instance "startup: {}"',
  })
  .prefault({ startup: {} })
  .describe('What is measured, each with its options.');

const bound = z
  .union([z.number(), z.string()])
  .optional()
  .describe(
    'A number in the unit of the metric (ms, bytes), a quantity such as 200MiB or 500ms, or with `over` a plain ratio.',
  );

export const gateSchema = z
  .strictObject({
    metric: z
      .string()
      .describe('For instance startup.ready, startup.phase.kernel, memory.pss, image.transfer.'),
    lens: z
      .string()
      .min(1, 'expected the name of a lens')
      .optional()
      .describe('Lens, where a metric has several.'),
    platform: z.string().describe('Id of the platform that is judged.'),
    over: z
      .string()
      .optional()
      .describe('Id of another platform: the gate then judges the ratio of the two.'),
    max: bound,
    min: bound,
    'worse-by': z
      .string(`expected ${percentExample}`)
      .optional()
      .describe(
        'How much worse than the reference run it may be, for instance 5%; judged by `tare check`. In place of max and min.',
      ),
    level: z
      .enum(gateLevels)
      .prefault('error')
      .describe('`warn` shows a failed gate without failing the run.'),
  })
  .describe('A condition with a verdict.');

const workload = z.union([
  z
    .string()
    .min(1, 'expected a name or a path')
    .describe('A built-in name, or a path relative to this file.'),
  workloadSchema,
]);

/** The loader makes a scenario of each before anything is held against the schema. */
const suiteSchema = z.strictObject({
  workloads: z
    .array(workload)
    .min(1)
    .describe('In place of `workload`, several: each has a run of its own, and one table joins them.'),
});

export const scenarioSchema = z
  .strictObject({
    name: identifier.describe('Name of the scenario; run directories are named after it.'),
    description: z.string().prefault('').describe('What it shows, in one sentence.'),
    workload: workload.describe('What runs.'),
    limits,
    baseline: z
      .string()
      .optional()
      .describe('Platform the others are expressed against; without it `process`, else the first.'),
    platforms: z.array(platformSchema).min(1, 'expected at least one platform').describe('Where it runs.'),
    measures,
    gates: z.array(gateSchema).prefault([]).describe('Conditions that a run must meet.'),
  })
  .describe('A Tare scenario.');

export type GateEntry = z.infer<typeof gateSchema>;

/** JSON Schema of what a scenario file may contain, for editors and for `tare schema scenario`. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const several = scenarioSchema
    .omit({ workload: true })
    .extend(suiteSchema.shape)
    .describe('A Tare scenario of several workloads.');
  return z.toJSONSchema(z.union([scenarioSchema, several]), { io: 'input' });
}
