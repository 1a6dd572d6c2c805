/** Schema of a workload file: what runs, and where its root filesystem comes from. */
import { z } from 'zod';
import { argument, duration, identifier, payloadPath, urlPath, wholeNumber } from './fields.ts';
import { markAnchors, reservedMarks, rootfsVariants, stopSignals } from './words.ts';

const hourMs = 3_600_000;

const extraFile = z
  .strictObject({
    from: z
      .string()
      .min(1, 'expected a path')
      .describe('A file, or a folder that is copied whole; relative to the file that states it.'),
    to: payloadPath.describe('Absolute path inside the payload.'),
    mode: z
      .string({
        error: 'expected an octal mode in quotes, such as "0644" (without quotes YAML reads another number)',
      })
      .regex(/^0?[0-7]{3}$/, 'expected an octal mode in quotes, such as "0644"')
      .prefault('0644')
      .describe('Permission bits of the files, octal and in quotes. Folders get the matching search bits.'),
    owner: z
      .string()
      .regex(
        /^[a-z0-9_][a-z0-9_-]*:[a-z0-9_][a-z0-9_-]*$/,
        'expected user:group by name or number, such as root:root',
      )
      .prefault('root:root')
      .describe('Owner and group, by name or number.'),
  })
  .describe('Our own file or folder, copied over the installed packages.');

const debianRootfs = z
  .strictObject({
    from: z.literal('debian').describe('Debian packages, installed by mmdebstrap.'),
    suite: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/, 'expected the name of a release, such as bookworm')
      .prefault('bookworm')
      .describe('Debian release.'),
    variant: z
      .enum(rootfsVariants)
      .prefault('minbase')
      .describe(
        "mmdebstrap's choice of base packages; `extract` unpacks only those named, without running anything.",
      ),
    packages: z
      .array(
        z
          .string()
          .regex(
            /^[a-z0-9][a-z0-9+.-]+(:[a-z0-9]+)?(=[A-Za-z0-9.+~:-]+)?$/,
            'expected the name of a Debian package',
          ),
      )
      .min(1, 'expected at least one package')
      .describe('Packages to install, with `=version` where one is wanted.'),
    mirror: z
      .string()
      .regex(
        /^(https?|file|copy):\/\/\S+$/,
        'expected the URL of a Debian mirror, such as http://deb.debian.org/debian',
      )
      .optional()
      .describe("Package source; the system's own without it."),
    files: z
      .array(extraFile)
      .prefault([])
      .describe('Files of ours, copied in this order after the packages.'),
    remove: z
      .array(
        payloadPath.refine((path) => path !== '/', {
          message: 'the whole payload; expected a path inside it',
        }),
      )
      .prefault([])
      .describe(
        'Files and folders removed after installation: what is useless or differs from build to build.',
      ),
  })
  .describe('Where the root filesystem comes from.');

const timeout = duration(100, hourMs)
  .prefault('60s')
  .describe('An instance that is not ready by then has failed.');

const readiness = z
  .discriminatedUnion('by', [
    z.strictObject({
      by: z.literal('http').describe('The first complete good answer.'),
      path: urlPath.prefault('/').describe('Path that is asked for.'),
      status: wholeNumber(100, 599).prefault(200).describe('Status of a good answer.'),
      body: z.string().min(1, 'expected some text').optional().describe('Text that a good answer contains.'),
      timeout,
    }),
    z.strictObject({ by: z.literal('tcp').describe('The first accepted connection.'), timeout }),
  ])
  .describe('When an instance counts as ready.');

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
    rootfs: debianRootfs,
    command: z
      .array(argument)
      .min(1, 'expected at least the program')
      .superRefine(programIsAbsolute)
      .describe(
        'Program by its absolute path in the payload, and its arguments. Placeholders are filled in.',
      ),
    environment: z
      .record(
        z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable'),
        argument,
      )
      .prefault({})
      .describe('The whole environment of the command: nothing is inherited. Placeholders are filled in.'),
    user: z
      .string({ error: 'expected a user name, or uid:gid in quotes' })
      .regex(/^([a-z_][a-z0-9_-]*|[0-9]+:[0-9]+)$/, 'expected a user name of the payload, or uid:gid')
      .prefault('root')
      .describe("User by the payload's own passwd file, or uid:gid."),
    workdir: payloadPath.prefault('/').describe('Working directory of the command.'),
    port: wholeNumber(1, 65_535).describe('TCP port the workload listens on.'),
    'stop-signal': z.enum(stopSignals).prefault('SIGTERM').describe('Signal that asks it to end.'),
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
  })
  .describe('A Tare workload.');

export type WorkloadFile = z.infer<typeof workloadSchema>;

function programIsAbsolute(command: readonly string[], context: z.RefinementCtx): void {
  const [program] = command;
  if (program === undefined || program.startsWith('/')) return;
  context.addIssue({
    code: 'custom',
    path: [0],
    message:
      'expected the absolute path of a program in the payload, such as /usr/bin/java; no PATH is searched',
  });
}

function compiles(pattern: string, context: z.RefinementCtx): void {
  try {
    new RegExp(pattern);
  } catch (error) {
    context.addIssue(
      `${error instanceof Error ? error.message : String(error)}; expected a JavaScript regular expression`,
    );
  }
}
