/** Schema of a platform in a scenario file: one per runner, and the short names. */
import { z } from 'zod';
import { duration, identifier, number, size } from '../schema/fields.ts';
import { runnerNames, shortPlatformNames, specOf, type FieldsOf, type RunnerName } from './table.ts';

const cpusExample = 'expected a number of CPUs such as 0.5, or thousandths such as 500m';

/** The kernel refuses a CPU quota below 1 ms in its period of 100 ms. */
export const cpus = z
  .union([
    number(0.01, 1024),
    // As Kubernetes has them.
    z
      .string()
      .regex(/^[1-9]\d*m$/, cpusExample)
      .transform((text) => Number(text.slice(0, -1)) / 1000)
      .pipe(number(0.01, 1024)),
  ])
  .describe('CPUs per instance; may be a fraction, or thousandths such as 500m.');
/** Below 4 MiB a cgroup cannot even start a program. */
export const memory = size(4 * 2 ** 20, 16 * 2 ** 40).describe('Memory per instance, for instance 512MiB.');

const baseFields = {
  id: identifier.describe('Name of the platform in this scenario and in reports.'),
  limits: z
    .strictObject({ cpus: cpus.optional(), memory: memory.optional() })
    .prefault({})
    .describe(
      "Limits of this platform where they differ from the scenario's. Comparisons then count as unfair.",
    ),
  required: z
    .boolean()
    .prefault(false)
    .describe(
      'A machine that cannot run this platform ends the run with exit code 3 instead of skipping it.',
    ),
  'start-delay': duration(0, 600_000)
    .prefault('0ms')
    .describe(
      'A pause before the start command that counts as part of the start: to see whether a gate notices it.',
    ),
};

/** A platform that is written out, every default filled in. */
export type WrittenPlatform = {
  [Name in RunnerName]: z.output<z.ZodObject<typeof baseFields>> & { runner: Name } & FieldsOf<Name>;
}[RunnerName];

export const platformSchemas = Object.fromEntries(
  runnerNames.map((runner) => [runner, schemaOf(runner)]),
) as Record<RunnerName, ReturnType<typeof schemaOf>>;

const [first, ...others] = Object.values(platformSchemas);
if (first === undefined) throw new Error('there is no runner');

export const platformSchema = z
  .union([
    z.enum(shortPlatformNames).describe('A platform by its short name, with all defaults.'),
    // Made from the table, so that its type is known here alone.
    z.discriminatedUnion('runner', [first, ...others]) as unknown as z.ZodType<WrittenPlatform>,
  ])
  .describe('One way to run the payload.');

export type PlatformEntry = z.infer<typeof platformSchema>;

/** @returns every default filled in, as if the platform had been written out */
export function parsePlatform(written: { id: string; runner: RunnerName }): WrittenPlatform {
  return platformSchemas[written.runner].parse(written) as unknown as WrittenPlatform;
}

function schemaOf(runner: RunnerName) {
  const spec = specOf(runner);
  const meaning = 'The code that drives this kind of platform; it decides which options there are.';
  const schema = z.strictObject({
    ...baseFields,
    runner: z.literal(runner).describe(meaning),
    ...spec.fields,
  });
  const refined = schema.superRefine((written, context) => {
    spec.refine?.(written, context);
  });
  return refined.describe(spec.description);
}
