/** A round has two parts: instances are brought up, then all of them are put under load and everything is read. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../../runners/machine/log.ts';
import type { ResolvedDensity } from '../../../scenarios/measures/density.ts';
import type { ResolvedReadiness } from '../../../scenarios/resolved.ts';
import { InstanceFailure } from '../../run/instance/failure.ts';
import type { LoadAllResult, Prober } from '../../prober/prober.ts';
import { loadQuestionOf } from '../../prober/question.ts';
import type { RecordedDensity } from '../../record/density.ts';
import { ascending, quantile } from '../../statistics/quantile.ts';
import type { Budget } from './budget.ts';
import type { Instances } from './instances.ts';
import type { Merging } from './merging.ts';
import { limitOfFigures, limitOfLoss, limitOfPressure, stalledPercent, type Figures } from './judge.ts';

type Limit = NonNullable<RecordedDensity['limit']>;

/** What belongs to one platform while its density is measured. */
export interface Site {
  /** Id of the platform. */
  name: string;
  options: ResolvedDensity;
  budget: Budget;
  merging: Merging;
  instances: Instances;
  prober: Prober;
  ready: ResolvedReadiness;
  /** Path that the load asks for. */
  path: string;
  signal: AbortSignal;
  log: Log;
}

/** How long pressure may take to fall after a round that went wrong: its average is over 10 s. */
const calmMs = 30_000;
/** A startup is never cut off before this, however fast the first one was. */
const leastTimeoutMs = 15_000;

/** Brings up as many as are missing, or removes the newest that are too many. */
export async function bringUp(
  site: Site,
  n: number,
  firstStartupMs: number | null,
): Promise<{ startupsMs: number[]; limit: Limit | null }> {
  const { instances, budget } = site;
  await instances.shrinkTo(n);
  if (!(await budget.impose())) {
    const detail = 'those that are up need more than the budget already';
    return { startupsMs: [], limit: { by: 'out-of-memory', n, detail, instance: null, evidence: [] } };
  }
  const timeoutMs = patience(site, firstStartupMs);
  const { startupsMs, loss, overloaded, most } = await instances.growTo(n, timeoutMs);
  if (overloaded && !loss) {
    const limit = limitOfPressure(Math.min(n, most), await budget.pressure(), site.options);
    return { startupsMs, limit };
  }
  if (!loss) {
    requireInside(site);
    return { startupsMs, limit: null };
  }
  const limit = limitOfLoss(loss, Math.min(n, most), await budget.kills(), budget.path);
  return { startupsMs, limit: asStartup(limit, timeoutMs, site) };
}

/** A platform that keeps its cgroups elsewhere would have a budget that nothing is charged to. */
function requireInside({ name, instances, budget }: Site): void {
  const outside = instances.up.find(({ cgroup }) => !cgroup.path.startsWith(`${budget.path}/`));
  if (!outside) return;
  throw new InstanceFailure(
    'measure-failed',
    `${name} keeps its instances in ${outside.cgroup.path}, outside of the budget's cgroup: its density cannot be measured`,
  );
}

/** Where an instance was lost, what was read is of neither number of instances. */
export type Round = { figures: Figures; limit: Limit | null } | { figures: null; limit: Limit };

/**
 * @param startupsMs of those that were started for this round
 * @param firstStartupMs what they are held against; null: against nothing
 */
export async function putUnderLoad(
  site: Site,
  startupsMs: readonly number[],
  firstStartupMs: number | null,
  durationMs: number,
): Promise<Round> {
  const { instances, options, budget } = site;
  const n = instances.up.length;
  const figures = await readUnderLoad(site, startupsMs, durationMs);
  const loss = await instances.findLoss();
  if (loss) return { figures: null, limit: limitOfLoss(loss, n, await budget.kills(), budget.path) };
  const diskBytes = options.budget.diskBytes === null ? null : await diskOf(instances);
  return { figures, limit: limitOfFigures(figures, options, firstStartupMs, diskBytes) };
}

/** Waits until the memory pressure that a bad round has left is below its threshold. */
export async function calmDown({ budget, options, signal }: Site): Promise<void> {
  for (let waitedMs = 0; waitedMs < calmMs; waitedMs += 1000) {
    const stalled = stalledPercent(await budget.pressure(), await budget.usedShare());
    if (stalled <= options.pressurePercent) return;
    await sleep(1000, undefined, { signal });
  }
}

function patience({ options, ready }: Site, firstStartupMs: number | null): number {
  if (firstStartupMs === null) return ready.timeoutMs;
  // Twice the limit of the median: one that is slower than the others does not decide alone.
  return Math.min(ready.timeoutMs, Math.max(leastTimeoutMs, 2 * options.startupFactor * firstStartupMs));
}

/** Not ready within a time that follows from the first startup is a slow startup, not one that never ends. */
function asStartup(limit: Limit, timeoutMs: number, { ready, options }: Site): Limit {
  if (limit.by !== 'not-ready' || timeoutMs === ready.timeoutMs) return limit;
  return {
    ...limit,
    by: 'startup',
    detail: `${limit.detail}; that is over ${options.startupFactor} times the first`,
  };
}

async function readUnderLoad(
  { instances, budget, merging, prober, ready, path, options }: Site,
  startupsMs: readonly number[],
  durationMs: number,
): Promise<Figures> {
  await merging.settle();
  const cpuBefore = await budget.cpuTimeMs();
  const result = await prober.loadAll({
    targets: instances.up.map(({ id, address }) => ({ id, ...address })),
    ...loadQuestionOf(ready, path),
    rpsPerTarget: options.load.rpsPerInstance,
    durationMs,
  });
  const cpuMs = (await budget.cpuTimeMs()) - cpuBefore;
  // Before the lenses: to read them is work for the kernel, and some of it waits.
  const pressure = await budget.pressure();
  const sorted = ascending(startupsMs);
  return {
    n: instances.up.length,
    memory: await budget.memory(instances.up),
    pressure,
    cpuPercent: (100 * cpuMs) / result.durationMs,
    load: {
      durationMs: result.durationMs,
      offered: result.offered,
      ok: result.ok,
      errors: result.errors,
      p50Ms: result.p50,
      p90Ms: result.p90,
      p99Ms: result.p99,
      maxMs: result.max,
      sendLagMaxMs: result.sendLagMaxMs,
    },
    worst: worstOf(result.targets),
    startup:
      sorted.length === 0
        ? null
        : { instances: sorted.length, medianMs: quantile(sorted, 0.5), maxMs: quantile(sorted, 1) },
  };
}

function worstOf(targets: LoadAllResult['targets']): Figures['worst'] {
  const slowness = (p99: number | null): number => p99 ?? Infinity;
  const [worst] = [...targets].sort((a, b) => b.errors - a.errors || slowness(b.p99) - slowness(a.p99));
  if (!worst) return null;
  const { id, offered, errors, p99, lastError } = worst;
  return { instance: id, offered, errors, p99Ms: p99, lastError };
}

async function diskOf({ up }: Instances): Promise<number> {
  let sum = 0;
  for (const instance of up) sum += await instance.layerBytes();
  return sum;
}
