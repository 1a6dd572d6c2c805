/** Probes and prepares the platforms of a scenario; turns what came out into the record's words. */
import { kernelLimitOf } from '../../../runners/machine/kernel/kernel-limits.ts';
import { runners } from '../../../runners/runners.ts';
import type { Payload } from '../../../runners/payload/payload.ts';
import type { ComparedFacts } from '../../../runners/platform-facts.ts';
import type {
  Fitness,
  Launch,
  PreparedPlatform,
  ProbeContext,
  RunContext,
  Runner,
} from '../../../runners/runner.ts';
import type { Kind } from '../../../runners/kinds.ts';
import type { ResolvedPlatform, ResolvedWorkload } from '../../../scenarios/resolved.ts';
import type { OptionsOf, RunnerName } from '../../../scenarios/platforms/table.ts';
import type { ComparedDetails } from '../../record/compared-details.ts';
import type { RecordedPlatform } from '../../record/schema.ts';
import type { RunResources } from '../resources.ts';
import { serverReadiness, startAndWait } from '../instance/start.ts';

/** A runner for each that a scenario may name, and no other: the compiler finds a line that is missing in either table. */
type Runners = { [Name in RunnerName]: Runner<OptionsOf<Name>> } & Record<
  Exclude<keyof typeof runners, RunnerName>,
  never
>;
const known: Runners = runners;

export function kindOf(platform: ResolvedPlatform): Kind {
  return runnerOf(platform).kind;
}

/**
 * Whether the workload runs on the machine's own kernel, whose tracer then sees it: a runner that has no mark for its
 * execution, such as one with gVisor's kernel, promises nothing of the kind.
 */
export function sharesKernel(
  platform: ResolvedPlatform,
  { marks }: Pick<PreparedPlatform, 'marks'>,
): boolean {
  return kindOf(platform) !== 'vm' && marks.includes('exec');
}

export async function probePlatform(platform: ResolvedPlatform, context: ProbeContext): Promise<Fitness> {
  return await runnerOf(platform).probe(platform.options, context);
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
      await startAndWait(instance, {
        platform,
        ready: serverReadiness(workload.ready),
        sharesKernel,
        prober,
        signal,
      });
    },
  };
  const { id, limits, options } = platform;
  const spec = { id, limits, launch: launchOf(platform, workload), options };
  return namingLimits(await runnerOf(platform).prepare(payload, spec, context));
}

/** The runner of a platform, which is to be handed that platform's options alone. */
function runnerOf({ runner }: ResolvedPlatform): Runner<ResolvedPlatform['options']> {
  return known[runner];
}

/** An instance that a limit of the kernel stands in the way of fails with that limit's name. */
function namingLimits(prepared: PreparedPlatform): PreparedPlatform {
  const { disk, openRoot } = prepared;
  return {
    facts: prepared.facts,
    marks: prepared.marks,
    ...(disk && { disk }),
    ...(openRoot && { openRoot }),
    ...(prepared.restartsBy !== undefined && { restartsBy: prepared.restartsBy }),
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
    stopSignal: workload.stopSignal,
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
  more: ComparedDetails,
): RecordedPlatform {
  const { compared, details, ...facts } = prepared.facts;
  return {
    ...recordBase(platform, compared.machine?.ownDisk ?? payloadDigest),
    ...facts,
    details: { ...recordCompared(compared), ...details, ...more },
    inside: null,
    skipped: null,
  };
}

/** What is as usual is left out. */
function recordCompared(compared: ComparedFacts): ComparedDetails {
  const { root, seccomp, sandbox, userNamespace, logging, outputAccess, machine } = compared;
  return {
    ...(root !== null && { root }),
    ...(seccomp !== null && { seccomp }),
    ...(sandbox !== null && { sandbox }),
    ...(logging !== null && { logging }),
    ...(userNamespace !== null && { userNamespace }),
    ...(outputAccess !== null && { outputAccess }),
    ...machine,
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
