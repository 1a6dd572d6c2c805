/**
 * A run, from resolved scenario to record: probe, build the payload, open the run's resources, prepare, sample block
 * by block, close. Everything that happens goes to the journal first; the record is made from it.
 */
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { monotonicMs } from '../../runners/machine/clock.ts';
import { allowedCpus } from '../../runners/machine/cpu-list.ts';
import { buildPayload, cachedPayload } from '../../runners/payload/build-payload.ts';
import type { BuiltPayload, Payload } from '../../runners/payload/payload.ts';
import { probeKvm } from '../../runners/qemu/probe.ts';
import type { ResolvedPlatform, ResolvedScenario } from '../../scenarios/resolved.ts';
import type { CommandContext } from '../environment/context.ts';
import { splitCpus } from './host/cpus.ts';
import { takersOf } from '../measures/takers.ts';
import { takeCapacities } from './capacity.ts';
import { exitCodes, TareError } from '../environment/errors.ts';
import { imageName, withImageDefaults } from './prepare/image-defaults.ts';
import { recordFailure } from './journal/record-failure.ts';
import { recordHarness } from './harness.ts';
import { withPrograms } from './prepare/find-programs.ts';
import { prepareAll, probeAll, type Prepared } from './prepare/prepare.ts';
import { tryReadiness } from './prepare/try-readiness.ts';
import { probeContext, type Run, type SuiteOptions } from './run.ts';
import { gatherHostFacts, givenHost } from './host/host-facts.ts';
import { tareVersion } from '../environment/package.ts';
import { tellCostOfEmulation } from './emulation-cost.ts';
import { planRun, type Block, type Step } from './plan.ts';
import { kindOf, sharesKernel } from './prepare/platforms.ts';
import { enoughBlocks } from './enough-blocks.ts';
import { followPlan, type Progress } from './progress.ts';
import { timeCanary, withCanary, type Canary } from './host/canary.ts';
import { openJournal, readJournal } from './journal/journal.ts';
import { publishRecord } from './journal/publish.ts';
import type { RunRecord } from '../record/schema.ts';
import { noteOtherRuns } from './other-runs.ts';
import { openResources, type RunResources } from './resources.ts';
import { sampleInstance } from './instance/sample.ts';
import { finishedFigures, stepRecorder } from './journal/step-recorder.ts';

/**
 * @returns the record, also of a run that was interrupted (`context.signal`) or in which everything failed
 * @throws TareError when this machine cannot do it at all
 */
export async function runSuite(
  scenario: ResolvedScenario,
  options: SuiteOptions,
  context: CommandContext,
): Promise<RunRecord> {
  const allowed = await allowedCpus();
  for (const { options: own, taker } of takersOf(scenario.measures)) {
    await taker.capacity?.require(own, { cpus: allowed.length, cache: context.folders.cache });
  }
  await mkdir(join(options.folder, 'logs'), { recursive: true });
  const journal = await openJournal(join(options.folder, 'events.ndjson'), options.onEvent);
  try {
    const cpus = splitCpus(allowed, cpusOf(scenario));
    const run: Run = { scenario, options, context, journal, cpus };
    await begin(run);
    try {
      const usable = (await probeAll(run)).filter(
        (platform) => options.extend?.platforms.includes(platform.id) ?? true,
      );
      if (usable.length > 0) await execute(run, usable);
    } catch (error) {
      if (!context.signal.aborted) throw error;
    }
    await journal.write({ type: 'finish', at: new Date().toISOString(), aborted: context.signal.aborted });
    return await publishRecord(run);
  } finally {
    await journal.close();
  }
}

/** A run as it was begun or last extended, and whether that was in a lab or as one side of an A/B; from its journal. */
export async function readRun(
  folder: string,
): Promise<{ scenario: ResolvedScenario; seed: number; inLab: boolean; isVariant: boolean }> {
  const { events } = await readJournal(join(folder, 'events.ndjson'));
  const event = events.findLast((entry) => entry.type === 'run');
  if (!event)
    throw new TareError(`${folder} holds no run to resume: it has no events.ndjson`, exitCodes.usage);
  // With its image, if there is one: a tag may mean another by now.
  const filled = events.findLast((entry) => entry.type === 'scenario');
  return {
    scenario: filled?.scenario ?? event.scenario,
    seed: event.seed,
    inLab: events.some(({ type }) => type === 'lab'),
    isVariant: event.variant !== undefined,
  };
}

async function begin({ scenario, options, context, journal }: Run): Promise<void> {
  const begun = journal.events.findLast((event) => event.type === 'run');
  if (begun) {
    await journal.write({ type: 'resumed', at: new Date().toISOString() });
    if (options.extend) await journal.write({ ...begun, scenario });
  } else {
    await journal.write({
      type: 'run',
      id: basename(options.folder),
      startedAt: new Date().toISOString(),
      tareVersion,
      seed: options.seed,
      ...(options.commit === undefined ? {} : { commit: options.commit }),
      scenario,
      ...(options.variant && { variant: options.variant.of }),
    });
  }
  context.log.progress('looking at the machine');
  const hasVm = scenario.platforms.some((platform) => kindOf(platform) === 'vm');
  const kvm = hasVm
    ? await probeKvm(probeContext(context))
    : { present: false, usable: false, backend: null, reason: 'not probed: the scenario has no VM' };
  await journal.write({ type: 'host', host: await gatherHostFacts(kvm, givenHost(context.env)) });
  if (hasVm && !kvm.usable) tellCostOfEmulation(scenario, options.seed, context.log);
}

async function execute(planned: Run, usable: readonly ResolvedPlatform[]): Promise<void> {
  const { context, journal } = planned;
  const payload = await payloadOf(planned);
  refuseOtherPayload(planned, payload);
  const scenario = await withPrograms(await withImageDefaults(planned.scenario, payload), payload);
  const run = { ...planned, scenario };
  if (scenario !== planned.scenario) await journal.write({ type: 'scenario', scenario });
  await recordWorkload(run, payload);
  const resources = await openResources(context, run, (id) => journal.write({ type: 'resources', id }));
  const isUsable = (id: string): boolean => usable.some((platform) => platform.id === id);
  const platforms = scenario.platforms.filter((platform) => isUsable(platform.id));
  try {
    if (hasBlocks(scenario)) await prepareAndSample(run, platforms, payload, resources);
    await noteOtherRuns(journal, context.folders.state);
    await takeCapacities(run, platforms, payload, resources);
    await noteOtherRuns(journal, context.folders.state);
    await recordHarness(run, resources);
  } finally {
    await resources.close();
  }
}

/** Whether any measure is taken from single instances or from prepared platforms. */
function hasBlocks({ measures }: ResolvedScenario): boolean {
  return takersOf(measures).some(({ taker }) => taker.instance ?? taker.platform);
}

/** The most CPUs that instances use at the same time. */
function cpusOf(scenario: ResolvedScenario): number {
  if (hasBlocks(scenario)) return Math.max(...scenario.platforms.map(({ limits }) => limits.cpus));
  return Math.max(
    ...takersOf(scenario.measures).map(({ options, taker }) => taker.capacity?.cpus(options) ?? 0),
  );
}

async function prepareAndSample(
  run: Run,
  platforms: readonly ResolvedPlatform[],
  payload: Payload,
  resources: RunResources,
): Promise<void> {
  const ready: Prepared[] = [];
  try {
    await prepareAll(run, platforms, payload, resources, ready);
    const tried = { ...run, scenario: await tryReadiness(run, ready, resources) };
    await withCanary(tried, resources, (canary) => sampleAll(tried, ready, resources, canary));
  } finally {
    for (const { platform, prepared } of ready.reverse()) {
      await prepared.dispose().catch((error: unknown) => {
        run.context.log.warn(`${platform.id}: clean-up: ${String(error)}`);
      });
    }
  }
}

/** A run that goes on must go on with what it began with. */
function refuseOtherPayload({ journal }: Run, { digest }: Payload): void {
  const begun = journal.events.findLast((event) => event.type === 'workload')?.workload.payloadDigest;
  if (begun === undefined || begun === digest) return;
  throw new TareError(
    `the payload has changed since this run began (${begun} then, ${digest} now); start a new run`,
    exitCodes.usage,
  );
}

async function recordWorkload({ scenario, journal }: Run, payload: BuiltPayload): Promise<void> {
  const { name, description, rootfs } = scenario.workload;
  const { digest, files, bytes, packages, image } = payload;
  const made = image ? { image: { name: imageName(rootfs), digest: image.digest } } : {};
  await journal.write({
    type: 'workload',
    workload: { name, description, payloadDigest: digest, files, bytes, packages, ...made },
  });
}

async function payloadOf({ scenario, options, context }: Run): Promise<BuiltPayload> {
  const { cache } = context.folders;
  if (options.payload !== undefined) return await cachedPayload(options.payload, cache);
  return await buildPayload(scenario.workload.rootfs, { cache, signal: context.signal, log: context.log });
}

async function sampleAll(
  run: Run,
  ready: readonly Prepared[],
  resources: RunResources,
  canary: Canary | null,
): Promise<void> {
  const { scenario, options, context, journal } = run;
  const plan = planRun(scenario, options.seed);
  const tools: StepTools = {
    resources,
    progress: followPlan(scenario, plan, context.log),
    finished: finishedFigures(journal.events),
  };
  const done = new Set(
    journal.events.flatMap((event) => (event.type === 'step' ? [`${event.block} ${event.platform}`] : [])),
  );
  const isDone = ({ index, steps }: Block): boolean =>
    steps.some(({ platform }) => done.has(`${index} ${platform}`));
  const turns = options.variant?.turns;
  const inTurn = turns?.take ?? ((task: () => Promise<void>) => task());
  const firstNew = plan.blocks.find((block) => !isDone(block))?.index;
  for (const planned of plan.blocks) {
    const enough = options.variant ? null : await enoughBlocks(run, planned.index);
    if (enough) tools.progress.enough(enough);
    const isWarmup = planned.isWarmup || (options.extend !== undefined && planned.index === firstNew);
    const block = { ...planned, isWarmup };
    const pending = block.steps.flatMap((step) => {
      const entry = ready.find(({ platform }) => platform.id === step.platform);
      if (enough && planned.index > (enough.get(step.platform) ?? Infinity)) return [];
      return entry && !done.has(`${block.index} ${step.platform}`) ? [{ step, entry }] : [];
    });
    await inTurn(async () => {
      await noteOtherRuns(journal, context.folders.state);
      if (canary && pending.length > 0) await timeCanary(canary, block, journal);
      // An abort reaches the run through the step in progress, which sees the signal itself and throws.
      for (const { step, entry } of pending) await takeStep(run, entry, block, step, tools);
      context.signal.throwIfAborted();
      await noteOtherRuns(journal, context.folders.state);
    });
  }
  await turns?.leave();
}

/** What the steps of a run share. */
interface StepTools {
  resources: RunResources;
  progress: Progress;
  /** Figures that an earlier part of the run had finished. */
  finished: ReadonlySet<string>;
}

/** An instance that fails is on record as a failure; the run goes on. */
async function takeStep(
  run: Run,
  { platform, prepared }: Prepared,
  block: Block,
  step: Step,
  { resources, progress, finished }: StepTools,
): Promise<void> {
  const { scenario, options, context, journal } = run;
  const instanceId = `${platform.id}-${block.index}`;
  const beganAt = monotonicMs();
  let startupMs: number | null = null;
  progress.stepBegins(block.index, platform.id);
  try {
    startupMs = await sampleInstance({
      scenario,
      platform,
      prepared,
      step,
      instanceId,
      logs: join(options.folder, 'logs', instanceId),
      prober: resources.prober,
      sharesKernel: sharesKernel(platform, prepared),
      steadiness: options.steadiness ?? null,
      signal: context.signal,
      recorder: stepRecorder(journal, { platform: platform.id, block, instanceId }, finished),
    });
  } catch (error) {
    if (context.signal.aborted) throw error;
    await recordFailure(run, {
      platform: platform.id,
      measure: 'startup',
      error,
      fallbackCode: 'measure-failed',
      instance: { id: instanceId, block: block.index },
    });
  }
  const durationMs = monotonicMs() - beganAt;
  await journal.write({ type: 'step', platform: platform.id, block: block.index, durationMs });
  progress.stepEnded(platform.id, durationMs, startupMs);
}
