/** The density of one platform: a budget of its own, the figure, and the smallest memory if asked for. */
import { join } from 'node:path';
import { CleanUp } from '../../../runners/machine/lease/clean-up.ts';
import { allowedCpus } from '../../../runners/machine/cpu-list.ts';
import type { FailureCode } from '../../../runners/kinds.ts';
import { limitProblem, withLimits } from '../../../scenarios/platforms/platforms.ts';
import { formatSize } from '../../../scenarios/schema/quantities.ts';
import type { ResolvedDensity, ResolvedMinimumMemory } from '../../../scenarios/measures/density.ts';
import type { ResolvedPlatform } from '../../../scenarios/resolved.ts';
import { splitCpus } from '../../run/host/cpus.ts';
import { InstanceFailure } from '../../run/instance/failure.ts';
import { serverReadiness } from '../../run/instance/start.ts';
import { sharesKernel, preparePlatform, recordPrepared } from '../../run/prepare/platforms.ts';
import type { MinimumMemory, RecordedDensity } from '../../record/density.ts';
import { recordFailure } from '../../run/journal/record-failure.ts';
import type { JournalEvent } from '../../run/journal/journal.ts';
import type { Run } from '../../run/run.ts';
import type { CapacityWork } from '../measure.ts';
import { openBudget } from './budget.ts';
import { findDensity } from './find.ts';
import { Instances } from './instances.ts';
import { stalledPercent } from './judge.ts';
import { openMerging, unchangedMerging, type Merging } from './merging.ts';
import { findMinimumMemory } from './minimum-memory.ts';
import { bringUp, putUnderLoad, type Site } from './round.ts';

type DensityRun = CapacityWork<ResolvedDensity>;

/** What the journal has finished already is not measured again. */
export async function measureDensity(density: DensityRun, platform: ResolvedPlatform): Promise<void> {
  const { run, options } = density;
  if (!hasEvent(run, 'density-end', platform)) await measurePlatform(density, platform);
  if (options.minimumMemory && !hasEvent(run, 'density-memory', platform)) {
    await measureMemory(density, platform, options.minimumMemory);
  }
}

function now(): string {
  return new Date().toISOString();
}

async function measurePlatform(density: DensityRun, platform: ResolvedPlatform): Promise<void> {
  const merging = await openMerging(density.options.samePageMerging, density.resources.run);
  try {
    await findAndRecord(density, platform, merging);
  } finally {
    await merging.close();
  }
}

async function findAndRecord(
  density: DensityRun,
  platform: ResolvedPlatform,
  merging: Merging,
): Promise<void> {
  const { run, options } = density;
  const { journal } = run;
  const place = { cgroup: `density-${platform.id}`, prefix: `${platform.id}-n`, merging };
  await withSite(density, platform, place, async (site) => {
    const { budget, way } = options;
    const begin = { budget, way, conditions: conditionsOf(run) };
    await journal.write({ type: 'density-begin', platform: platform.id, at: now(), begin });
    const found = await findDensity(site, {
      async point(point) {
        await journal.write({ type: 'density-point', platform: platform.id, point });
      },
      hold: (instances) => journal.write({ type: 'density-hold', platform: platform.id, instances }),
    });
    const end = { ...found, conditions: { ...begin.conditions, ...merging.conditions() } };
    await journal.write({ type: 'density-end', platform: platform.id, at: now(), end });
    if (end.limit && !end.instances) await recordNone(run, platform, end.limit);
  });
}

async function measureMemory(
  density: DensityRun,
  platform: ResolvedPlatform,
  { fromBytes, precisionBytes }: ResolvedMinimumMemory,
): Promise<void> {
  const { run, options } = density;
  let firstStartupMs: number | null = null;
  const attempt = async (bytes: number): Promise<Omit<MinimumMemory['steps'][number], 'bytes'>> => {
    const limited = withLimits(platform, { ...platform.limits, memoryBytes: bytes }, run.scenario.workload);
    const problem = limitProblem(limited);
    if (problem !== null) return { serves: false, startupMs: null, p99Ms: null, detail: problem };
    run.context.log.progress(`${platform.id}: does it serve in ${formatSize(bytes)}?`);
    const mebibytes = Math.round(bytes / 2 ** 20);
    const prefix = `${platform.id}-m${mebibytes}-`;
    const place = { cgroup: `memory-${platform.id}`, prefix, merging: unchangedMerging };
    return withSite(density, limited, place, async (site) => {
      const { startupsMs, limit } = await bringUp(site, 1, firstStartupMs);
      if (limit) return { serves: false, startupMs: null, p99Ms: null, detail: limit.detail };
      const load = await putUnderLoad(site, startupsMs, firstStartupMs, options.load.durationMs);
      const startupMs = startupsMs[0] ?? null;
      firstStartupMs ??= startupMs;
      const p99Ms = load.figures?.load.p99Ms ?? null;
      return { serves: load.limit === null, startupMs, p99Ms, detail: load.limit?.detail ?? '' };
    });
  };
  const range = { fromBytes, precisionBytes, toBytes: platform.limits.memoryBytes };
  const minimum = await findMinimumMemory(range, attempt);
  await run.journal.write({ type: 'density-memory', platform: platform.id, at: now(), minimum });
}

/** Opens the budget, prepares the platform in it, and removes both again, whatever happens. */
async function withSite<T>(
  { run, options, payload, resources }: DensityRun,
  platform: ResolvedPlatform,
  place: { cgroup: string; prefix: string; merging: Merging },
  use: (site: Site) => Promise<T>,
): Promise<T> {
  const { scenario, context, journal } = run;
  const { workload } = scenario;
  const { log, signal } = context;
  const cpuset = splitCpus(await allowedCpus(), options.budget.cpus).instances;
  const cleanUp = new CleanUp();
  try {
    log.progress(`${platform.id}: preparing it in a budget of ${formatSize(options.budget.memoryBytes)}`);
    const budget = await cleanUp.add(
      openBudget(resources.run, place.cgroup, options.budget, cpuset),
      (made) => made.close(),
    );
    const { prober } = resources;
    const prepared = await cleanUp.add(
      preparePlatform(platform, workload, payload, { run: budget.context, prober }),
      (made) => made.dispose(),
    );
    if (!hasEvent(run, 'platform', platform)) {
      const details = { cpuset: cpuset?.join(',') ?? 'all', sharesHarnessCpu: cpuset === null };
      const recorded = recordPrepared(platform, prepared, payload.digest, details);
      await journal.write({ type: 'platform', platform: recorded });
    }
    const instances = new Instances({
      platform,
      prepared,
      ready: serverReadiness(workload.ready),
      prober: resources.prober,
      sharesKernel: sharesKernel(platform, prepared),
      prefix: place.prefix,
      concurrency: options.batch.concurrency,
      logs: join(run.options.folder, 'logs'),
      isOverloaded: async () =>
        stalledPercent(await budget.pressure(), await budget.usedShare()) > options.pressurePercent,
      lift: () => budget.lift(),
      signal,
      log,
    });
    await cleanUp.add(Promise.resolve(instances), (made) => made.shrinkTo(0));
    const { ready, loadPath: path } = workload;
    const { merging } = place;
    const site = { name: platform.id, options, budget, merging, instances, prober: resources.prober };
    return await use({ ...site, ready, path, signal, log });
  } finally {
    await cleanUp.run().catch((error: unknown) => {
      log.warn(`${platform.id}: clean-up: ${String(error)}`);
    });
  }
}

/** What the figure holds for beside the budget. */
function conditionsOf({ journal }: Run): RecordedDensity['conditions'] {
  const host = journal.events.findLast((event) => event.type === 'host')?.host;
  return {
    ksm: host?.ksm ?? 'unknown',
    swap: 'off inside the budget',
    pageCache: 'dropped before, charged to the budget',
  };
}

/** Not even one: that is a failure of the platform, and not a figure. */
async function recordNone(
  run: Run,
  { id }: ResolvedPlatform,
  limit: NonNullable<RecordedDensity['limit']>,
): Promise<void> {
  const codes: Partial<Record<typeof limit.by, FailureCode>> = {
    'out-of-memory': 'out-of-memory',
    'instance-died': 'exited',
    'start-failed': 'start-failed',
    'not-ready': 'not-ready',
    slo: 'bad-answer',
  };
  const code = codes[limit.by] ?? 'measure-failed';
  await recordFailure(run, {
    platform: id,
    measure: 'density',
    error: new InstanceFailure(code, `not even one instance could be held: ${limit.detail}`),
    fallbackCode: code,
    ...(limit.instance === null ? {} : { instance: { id: limit.instance, block: 0 } }),
  });
}

function hasEvent({ journal }: Run, type: JournalEvent['type'], { id }: ResolvedPlatform): boolean {
  return journal.events.some((event) => {
    if (event.type !== type || !('platform' in event)) return false;
    return typeof event.platform === 'string' ? event.platform === id : event.platform.id === id;
  });
}
