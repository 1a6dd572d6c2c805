/** Schema of a workload file: what runs. */
import { z } from 'zod';
import { boxKeys } from './box-keys.ts';
import { argument, compiles, identifier, payloadPath, urlPath, wholeNumber } from './fields.ts';
import { readiness } from './readiness-schema.ts';
import { rootfsSchema } from './rootfs-schema.ts';
import { imageSources, markAnchors, reservedMarks } from './allowed-words.ts';

const logMark = z
  .strictObject({
    name: identifier
      .refine((name) => !(reservedMarks as readonly string[]).includes(name), {
        message: `is a mark or phase of every start; expected another name than ${reservedMarks.join(', ')}`,
      })
      .describe('Name of the mark and of the phase that begins with it.'),
    pattern: z
      .string()
      .min(1, 'expected a regular expression')
      .superRefine(compiles)
      .describe('Regular expression that the line matches.'),
    after: z.enum(markAnchors).prefault('exec').describe('Moment of the start that this mark comes after.'),
  })
  .describe('A log line that marks a moment of the start.');

export const workloadSchema = z
  .strictObject({
    name: identifier.describe('Name of the workload.'),
    description: z.string().prefault('').describe('What it is, in one sentence.'),
    rootfs: rootfsSchema,
    command: z
      .array(argument)
      .min(1, 'expected at least the program')
      .superRefine(programCanBeFound)
      .optional()
      .describe(
        'Program by its absolute path in the payload, or by a name that is looked up in the PATH of its environment, and its ' +
          'arguments. Placeholders are filled in. ' +
          "Needed, unless an image's own entrypoint and command are meant.",
      ),
    environment: z
      .record(
        z
          .string()
          .regex(
            /^[^=\0]+$/,
            'expected the name of an environment variable: any text without "=" and zero bytes',
          ),
        z.union([argument, z.number().transform(String)], 'expected text or a number; put yes/no in quotes'),
      )
      .prefault({})
      .describe(
        "The environment of the command, beside an image's own. PATH, HOME and HOSTNAME are added where they are not stated; " +
          'nothing is inherited. Placeholders are filled in.',
      ),
    user: boxKeys.user,
    workdir: payloadPath
      .optional()
      .describe("Working directory of the command; without it the image's, else /."),
    nofile: boxKeys.nofile,
    seccomp: boxKeys.seccomp,
    'shm-size': boxKeys['shm-size'],
    hostname: boxKeys.hostname,
    port: wholeNumber(1, 65_535)
      .optional()
      .describe(
        'TCP port the workload listens on. Needed, unless it ends by itself or an image exposes just one. ' +
          'One that ends by itself has a peer there, which sends back what it gets.',
      ),
    'stop-signal': boxKeys['stop-signal'],
    ready: readiness,
    marks: z
      .array(logMark)
      .prefault([])
      .describe('Log lines that split the start, in the order of their appearance.'),
    'load-path': urlPath
      .optional()
      .describe('Path the load generator asks for; without it the readiness path.'),
    'facts-path': urlPath
      .optional()
      .describe(
        'Path that answers what the workload sees of its box, as key=value lines, for the fairness check.',
      ),
    'keep-path': urlPath
      .optional()
      .describe(
        'Path that writes files with `?synced` and `?unsynced`, and says with `?read` which are there; for the measure persistence.',
      ),
    'push-path': urlPath
      .optional()
      .describe(
        'Path that, asked with `?KIND&MILLISECONDS&ADDRESS`, is an aggressor for that long and then answers `work=STEPS`; for the measure neighbor.',
      ),
  })
  .refine((workload) => workload.command !== undefined || comesFromImage(workload), {
    path: ['command'],
    message: 'is missing; expected a list',
    when: isMapping,
  })
  .refine((workload) => workload.port !== undefined || endsByItself(workload) || comesFromImage(workload), {
    path: ['port'],
    message: 'is missing; expected a number',
    when: isMapping,
  })
  .describe('A Tare workload.');

export type WorkloadFile = z.infer<typeof workloadSchema>;

/** Beside other mistakes too, so that all are told in one go; the values may then be anything. */
function isMapping({ value }: { value: unknown }): boolean {
  return typeof value === 'object' && value !== null;
}

/** A program that does its work and ends listens on no port. */
function endsByItself({ ready }: { ready: unknown }): boolean {
  return typeof ready === 'object' && ready !== null && (ready as Record<string, unknown>)['by'] === 'exit';
}

/** Whether what is not stated comes from the image that the payload is made of. */
function comesFromImage({ rootfs }: { rootfs: unknown }): boolean {
  const from =
    typeof rootfs === 'object' && rootfs !== null ? (rootfs as Record<string, unknown>)['from'] : null;
  return (imageSources as readonly unknown[]).includes(from);
}

function programCanBeFound(command: readonly string[], context: z.RefinementCtx): void {
  const [program] = command;
  if (program === undefined || program.startsWith('/') || (program !== '' && !program.includes('/'))) return;
  context.addIssue({
    code: 'custom',
    path: [0],
    message:
      'expected the absolute path of a program in the payload, such as /usr/bin/java, or a name that is looked up in its PATH, such as java',
  });
}
