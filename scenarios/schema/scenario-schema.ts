/** Schema of a scenario file. It is the one definition: types, messages and `tare schema scenario` come from it. */
import { z } from 'zod';
import { duration, identifier, number, wholeNumber } from './fields.ts';
import { cpus, memory, platformSchema } from '../platforms/platform-schema.ts';
import { percentExample } from './quantities.ts';
import { gateLevels, idleCpusStates, pageCacheStates } from './words.ts';
import { densitySchema } from '../measures/density.ts';
import { workloadSchema } from './workload-schema.ts';

const limits = z
  .strictObject({ cpus: cpus.prefault(1), memory: memory.prefault('512MiB') })
  .prefault({})
  .describe('Limits per instance, the same for every platform.');

const samples = wholeNumber(1, 10_000);
const followingSamples = samples
  .optional()
  .describe('Samples per platform; without it those of startup, else 10.');

const load = z
  .union([
    z.literal('none'),
    z.strictObject({
      rps: number(0.1, 100_000).describe('Requests per second, sent at fixed times.'),
      duration: duration(100, 3_600_000).describe('For how long.'),
    }),
  ])
  .prefault('none')
  .describe('Load before the second reading; `none`: memory is read at rest only.');

const measures = z
  .strictObject({
    startup: z
      .strictObject({
        samples: samples.prefault(10).describe('Samples per platform, the warm-up block not counted.'),
        'page-cache': z
          .enum(pageCacheStates)
          .prefault('warm')
          .describe("State of the kernel's page cache before each start."),
        'idle-cpus': z
          .enum(idleCpusStates)
          .prefault('poll')
          .describe(
            'What idle CPUs do from the start command until ready: `poll`, so that none has to be woken, or `as-is`.',
          ),
      })
      .optional()
      .describe('Time and CPU time from the start command to the first good answer, with its phases.'),
    stop: z
      .strictObject({ samples: followingSamples })
      .optional()
      .describe('Time of a graceful stop, of a kill, and until everything is released.'),
    memory: z
      .strictObject({
        samples: followingSamples,
        settle: duration(0, 600_000)
          .prefault('1s')
          .describe('Rest between ready (or the load) and the reading.'),
        load,
      })
      .optional()
      .describe('Memory by several lenses, at rest and after a load.'),
    image: z.strictObject({}).optional().describe('Size of what is shipped and stored, by several lenses.'),
    density: densitySchema.optional(),
  })
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

export const scenarioSchema = z
  .strictObject({
    name: identifier.describe('Name of the scenario; run directories are named after it.'),
    description: z.string().prefault('').describe('What it shows, in one sentence.'),
    workload: z
      .union([
        z
          .string()
          .min(1, 'expected a name or a path')
          .describe('A built-in name, or a path relative to this file.'),
        workloadSchema,
      ])
      .describe('What runs.'),
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

export type ScenarioFile = z.infer<typeof scenarioSchema>;
export type GateEntry = z.infer<typeof gateSchema>;

/** JSON Schema of what a scenario file may contain, for editors and for `tare schema scenario`. */
export function scenarioJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(scenarioSchema, { io: 'input' });
}
