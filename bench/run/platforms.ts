/** Probes and prepares the platforms of a scenario; turns what came out into the record's words. */
import { kernelLimitOf } from '../../runners/machine/kernel/kernel-limits.ts';
import { runners } from '../../runners/registry.ts';
import type { Payload } from '../../runners/payload/payload.ts';
import type {
  Fitness,
  Launch,
  PlatformSpec,
  PreparedPlatform,
  ProbeContext,
  RunContext,
  Runner,
} from '../../runners/runner.ts';
import type { Kind } from '../../runners/words.ts';
import type { ResolvedPlatform, ResolvedWorkload } from '../../scenarios/resolved.ts';
import type { RunnerName } from '../../scenarios/schema/words.ts';
import type { RecordedPlatform } from '../record/schema.ts';
import type { RunResources } from './resources.ts';
import { startAndWait } from './start.ts';

/** The compiler finds a runner that a scenario may name and nobody has written. */
runners satisfies Record<RunnerName, Runner<never>>;

export function kindOf(platform: ResolvedPlatform): Kind {
  return runners[platform.runner].kind;
}

export async function probePlatform(platform: ResolvedPlatform, context: ProbeContext): Promise<Fitness> {
  switch (platform.runner) {
    case 'process':
      return runners.process.probe(platform.options, context);
    case 'oci':
      return runners.oci.probe(platform.options, context);
    case 'lxc':
      return runners.lxc.probe(platform.options, context);
    case 'lxd':
      return runners.lxd.probe(platform.options, context);
    case 'nspawn':
      return runners.nspawn.probe(platform.options, context);
    case 'docker':
      return runners.docker.probe(platform.options, context);
    case 'podman':
      return runners.podman.probe(platform.options, context);
    case 'qemu':
      return runners.qemu.probe(platform.options, context);
  }
}

export async function preparePlatform(
  platform: ResolvedPlatform,
  workload: ResolvedWorkload,
  payload: Payload,
  { run, prober }: Pick<RunResources, 'run' | 'prober'>,
): Promise<PreparedPlatform> {
  const { signal } = run;
  const sharesKernel = kindOf(platform) !== 'vm';
  const context: RunContext = {
    ...run,
    startUntilReady: async (instance) => {
      await startAndWait(instance, { platform, ready: workload.ready, sharesKernel, prober, signal });
    },
  };
  const spec = { id: platform.id, limits: platform.limits, launch: launchOf(platform, workload) };
  return namingLimits(await prepareWith(platform, spec, payload, context));
}

function prepareWith(
  platform: ResolvedPlatform,
  spec: Omit<PlatformSpec<never>, 'options'>,
  payload: Payload,
  context: RunContext,
): Promise<PreparedPlatform> {
  switch (platform.runner) {
    case 'process':
      return runners.process.prepare(payload, { ...spec, options: platform.options }, context);
    case 'oci':
      return runners.oci.prepare(payload, { ...spec, options: platform.options }, context);
    case 'lxc':
      return runners.lxc.prepare(payload, { ...spec, options: platform.options }, context);
    case 'lxd':
      return runners.lxd.prepare(payload, { ...spec, options: platform.options }, context);
    case 'nspawn':
      return runners.nspawn.prepare(payload, { ...spec, options: platform.options }, context);
    case 'docker':
      return runners.docker.prepare(payload, { ...spec, options: platform.options }, context);
    case 'podman':
      return runners.podman.prepare(payload, { ...spec, options: platform.options }, context);
    case 'qemu':
      return runners.qemu.prepare(payload, { ...spec, options: platform.options }, context);
  }
}

/** An instance that a limit of the kernel stands in the way of fails with that limit's name. */
function namingLimits(prepared: PreparedPlatform): PreparedPlatform {
  return {
    facts: prepared.facts,
    marks: prepared.marks,
    images: () => prepared.images(),
    dispose: () => prepared.dispose(),
    create: async (instance) => {
      try {
        return await prepared.create(instance);
      } catch (error) {
        throw (await kernelLimitOf(error)) ?? error;
      }
    },
  };
}

function launchOf(platform: ResolvedPlatform, workload: ResolvedWorkload): Launch {
  return {
    command: platform.launch.command,
    environment: platform.launch.environment,
    user: workload.user,
    workdir: workload.workdir,
    box: workload.box,
    port: workload.port,
    stopSignal: workload.stopSignal as NodeJS.Signals,
    logMarks: workload.marks.map((mark) => ({ name: mark.name, pattern: new RegExp(mark.pattern) })),
  };
}

export function recordSkipped(platform: ResolvedPlatform, reason: string, remedy: string): RecordedPlatform {
  return {
    ...recordBase(platform, ''),
    accel: 'none',
    guest: null,
    version: '',
    network: '',
    details: {},
    inside: null,
    skipped: { reason, remedy },
  };
}

/** A platform that brings a disk of its own runs that, and not the payload. */
export function recordPrepared(
  platform: ResolvedPlatform,
  prepared: PreparedPlatform,
  payloadDigest: string,
  more: RecordedPlatform['details'],
): RecordedPlatform {
  const { details, ...facts } = prepared.facts;
  return {
    ...recordBase(platform, typeof details['ownDisk'] === 'string' ? details['ownDisk'] : payloadDigest),
    ...facts,
    details: { ...details, ...more },
    inside: null,
    skipped: null,
  };
}

function recordBase(
  platform: ResolvedPlatform,
  payloadDigest: string,
): Pick<RecordedPlatform, 'id' | 'runner' | 'kind' | 'limits' | 'options' | 'payloadDigest'> {
  return {
    id: platform.id,
    runner: platform.runner,
    kind: kindOf(platform),
    limits: platform.limits,
    options: { ...platform.options },
    payloadDigest,
  };
}
