/** Schema of a platform in a scenario file: one entry per runner, and the short names. */
import { z } from 'zod';
import { duration, identifier, number, runtimeName, size } from '../schema/fields.ts';
import { guestFitsMachine, qemuFields } from './qemu-schema.ts';
import { dockerEngines, lxdDaemons, shortPlatformNames } from '../schema/words.ts';
import type { RunnerName } from '../schema/words.ts';

/** The kernel refuses a CPU quota below 1 ms in its period of 100 ms. */
export const cpus = number(0.01, 1024).describe('CPUs per instance; may be a fraction.');
/** Below 4 MiB a cgroup cannot even start a program. */
export const memory = size(4 * 2 ** 20, 16 * 2 ** 40).describe('Memory per instance, for instance 512MiB.');

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
      ...qemuFields,
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

export type PlatformEntry = z.infer<typeof platformSchema>;
