/** Schema of a scenario file. It is the one definition: types, messages and `tare schema scenario` come from it. */
import { z } from 'zod';
import { duration, identifier, number, runtimeName, size, wholeNumber } from './fields.ts';
import { percentExample } from './quantities.ts';
import {
  accelChoices,
  diskCaches,
  dockerEngines,
  firmwares,
  gateLevels,
  guestKinds,
  lxdDaemons,
  machineTypes,
  pageCacheStates,
  shortPlatformNames,
  startKinds,
} from './words.ts';
import type { RunnerName } from './words.ts';
import { densitySchema } from './density.ts';
import { workloadSchema } from './workload-schema.ts';

/** The kernel refuses a CPU quota below 1 ms in its period of 100 ms. */
const cpus = number(0.01, 1024).describe('CPUs per instance; may be a fraction.');
/** Below 4 MiB a cgroup cannot even start a program. */
const memory = size(4 * 2 ** 20, 16 * 2 ** 40).describe('Memory per instance, for instance 512MiB.');

const limits = z
  .strictObject({ cpus: cpus.prefault(1), memory: memory.prefault('512MiB') })
  .prefault({})
  .describe('Limits per instance, the same for every platform.');

const platformBase = {
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

const runnerMeaning = 'The code that drives this kind of platform; it decides which options there are.';

/** One schema per runner; a new runner is one entry here. */
export const platformSchemas = {
  process: z
    .strictObject({ ...platformBase, runner: z.literal('process').describe(runnerMeaning) })
    .describe('A bare process: chroot in a mount namespace, with the same limits.'),
  oci: z
    .strictObject({
      ...platformBase,
      runner: z.literal('oci').describe(runnerMeaning),
      runtime: runtimeName('runc').describe('OCI runtime, by its name on the PATH.'),
    })
    .describe('A container, started by an OCI runtime without an engine.'),
  lxc: z
    .strictObject({ ...platformBase, runner: z.literal('lxc').describe(runnerMeaning) })
    .describe("A container, started by LXC's own programs."),
  lxd: z
    .strictObject({
      ...platformBase,
      runner: z.literal('lxd').describe(runnerMeaning),
      daemon: z.enum(lxdDaemons).prefault('lxd').describe('Which of the two; both have the same interface.'),
    })
    .describe("A container of LXD or Incus, in a daemon of the run's own."),
  nspawn: z
    .strictObject({ ...platformBase, runner: z.literal('nspawn').describe(runnerMeaning) })
    .describe('A container, started by systemd-nspawn.'),
  docker: z
    .strictObject({
      ...platformBase,
      runner: z.literal('docker').describe(runnerMeaning),
      engine: z
        .enum(dockerEngines)
        .prefault('auto')
        .describe(
          "Whose engine: the user's, one that Tare starts for the run, or `auto`: the user's where one can be used.",
        ),
      socket: z
        .string()
        .regex(/^\/[^\n]{1,106}$/, 'expected the absolute path of a unix socket')
        .prefault('/var/run/docker.sock')
        .describe("Socket of the user's engine."),
      runtime: runtimeName('runc').describe(
        "OCI runtime: known to the user's engine, or by its name on the PATH for an engine of Tare's own.",
      ),
    })
    .describe('A container, started with docker run.'),
  podman: z
    .strictObject({
      ...platformBase,
      runner: z.literal('podman').describe(runnerMeaning),
      runtime: runtimeName('crun').describe(
        "OCI runtime, by its name on the PATH; crun is podman's own choice.",
      ),
    })
    .describe('A container, started with podman run.'),
  qemu: z
    .strictObject({
      ...platformBase,
      runner: z.literal('qemu').describe(runnerMeaning),
      machine: z.enum(machineTypes).prefault('q35').describe('Machine type of QEMU.'),
      guest: z
        .enum(guestKinds)
        .prefault('minimal')
        .describe(
          '`minimal`: kernel, a tiny init and the payload. `full`: a whole Debian that runs the payload as a service.',
        ),
      firmware: z
        .enum(firmwares)
        .prefault('seabios')
        .describe('What starts the full guest: SeaBIOS, or UEFI (OVMF). QEMU loads the minimal one itself.'),
      accel: z
        .enum(accelChoices)
        .prefault('auto')
        .describe('`auto`: KVM where a probe boot proves that it works, else TCG.'),
      start: z
        .enum(startKinds)
        .prefault('boot')
        .describe(
          '`snapshot`: instances continue from a snapshot that is taken once, before any sample, when the workload is ready.',
        ),
      vcpus: wholeNumber(1, 255)
        .optional()
        .describe(
          'Virtual CPUs; without it the CPU limit rounded up. The limit holds whatever their number.',
        ),
      'huge-pages': z
        .boolean()
        .prefault(false)
        .describe('Guest RAM in huge pages of 2 MiB, which the machine must have set aside.'),
      ksm: z
        .boolean()
        .prefault(true)
        .describe(
          'Whether the kernel may merge equal pages of guest RAM, where the machine has KSM running.',
        ),
      'disk-cache': z.enum(diskCaches).prefault('writeback').describe("QEMU's cache mode of the disk."),
      'vhost-net': z
        .boolean()
        .prefault(false)
        .describe("The host's kernel moves the packets instead of QEMU; needs /dev/vhost-net."),
    })
    .superRefine(guestFitsMachine)
    .describe('A QEMU virtual machine.'),
} satisfies Record<RunnerName, z.ZodObject>;

export const platformSchema = z
  .union([
    z.enum(shortPlatformNames).describe('A platform by its short name, with all defaults.'),
    z.discriminatedUnion('runner', [
      platformSchemas.process,
      platformSchemas.oci,
      platformSchemas.docker,
      platformSchemas.podman,
      platformSchemas.lxc,
      platformSchemas.lxd,
      platformSchemas.nspawn,
      platformSchemas.qemu,
    ]),
  ])
  .describe('One way to run the payload.');

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

function guestFitsMachine(
  platform: { machine: string; guest: string; firmware: string; start: string; 'huge-pages': boolean },
  context: z.RefinementCtx,
): void {
  const { machine, guest, firmware, start } = platform;
  if (start === 'snapshot' && (guest === 'full' || machine === 'microvm')) {
    const message = 'only the minimal guest on q35 or pc can be cloned; expected boot';
    context.addIssue({ code: 'custom', path: ['start'], message });
  }
  if (start === 'snapshot' && platform['huge-pages']) {
    const message = "clones share the pages of the snapshot's file, which are not huge; expected false";
    context.addIssue({ code: 'custom', path: ['huge-pages'], message });
  }
  if (guest === 'full' && machine === 'microvm') {
    const message = 'microvm has no firmware that boots from a disk; expected q35 or pc for guest: full';
    context.addIssue({ code: 'custom', path: ['machine'], message });
  }
  if (guest === 'minimal' && firmware === 'uefi') {
    const message = 'QEMU itself loads the minimal guest; expected guest: full beside firmware: uefi';
    context.addIssue({ code: 'custom', path: ['firmware'], message });
  }
}

export type ScenarioFile = z.infer<typeof scenarioSchema>;
export type PlatformEntry = z.infer<typeof platformSchema>;
export type GateEntry = z.infer<typeof gateSchema>;

/** JSON Schema of what a scenario file may contain, for editors and for `tare schema scenario`. */
export function scenarioJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(scenarioSchema, { io: 'input' });
}
