/** Finds how many instances fit, by the scenario's way, and holds as many. */
import { monotonicMs } from '../../../runners/machine/clock.ts';
import { formatDuration } from '../../../scenarios/schema/quantities.ts';
import type { RecordedDensity } from '../../record/density.ts';
import { isFailure } from './judge.ts';
import { bringUp, calmDown, putUnderLoad, type Round, type Site } from './round.ts';
import { bestOf, nextToTry, type Tried } from './ways.ts';

type Limit = NonNullable<RecordedDensity['limit']>;
type Held = NonNullable<RecordedDensity['held']>;
type Point = RecordedDensity['curve'][number];
export type DensityEnd = Pick<RecordedDensity, 'instances' | 'limit' | 'held' | 'starts' | 'rounds'>;

export interface DensityRecorder {
  point(point: Point): Promise<void>;
  /** These are about to be held. */
  hold(instances: { id: string; host: string; port: number }[]): Promise<void>;
}

export async function findDensity(site: Site, recorder: DensityRecorder): Promise<DensityEnd> {
  const { options, instances } = site;
  const { way, batch, cap, budget } = options;
  const wayOptions = { way, batchSize: batch.size, cap, budgetBytes: budget.memoryBytes };
  const beganAt = monotonicMs();
  const tried: Tried[] = [];
  let limit: Limit | null = null;
  /** The first instance alone could not do it: no number of them is a figure. */
  let failed = false;
  let firstStartupMs: number | null = null;
  for (let n = nextToTry(tried, wayOptions); n !== null; n = nextToTry(tried, wayOptions)) {
    if (monotonicMs() - beganAt > options.timeMs) {
      limit = timeLimit(n, bestOf(tried), options.timeMs, limit);
      break;
    }
    if (tried.at(-1)?.good === false) await calmDown(site);
    site.log.progress(`${site.name}: ${instances.up.length} instances are up, trying ${n}`);
    const round = await tryRound(site, n, firstStartupMs);
    const good = round.limit === null;
    const memoryBytes = round.figures?.memory['workingset'] ?? null;
    tried.push({ n: round.limit?.n ?? n, good, memoryBytes });
    firstStartupMs ??= round.figures?.startup?.medianMs ?? null;
    if (round.limit && (limit === null || round.limit.n <= limit.n)) {
      limit = round.limit;
      failed = limit.n === 1 && isFailure(limit, round.figures);
    }
    if (round.figures) {
      const at = monotonicMs() - beganAt;
      await recorder.point({ ...round.figures, at, starts: instances.starts, good });
    }
    site.log.debug(`${site.name}: ${n} instances: ${round.limit?.detail ?? 'all served'}`);
  }
  const found = await holdMost(site, recorder, bestOf(tried), limit ?? capLimit(cap), beganAt);
  const isNoFigure = found.instances === 0 && found.limit && (failed || isFailure(found.limit, null));
  const count = isNoFigure ? null : found.instances;
  return { ...found, instances: count, starts: instances.starts, rounds: tried.length };
}

async function tryRound(site: Site, n: number, firstStartupMs: number | null): Promise<Round> {
  const { startupsMs, limit } = await bringUp(site, n, firstStartupMs);
  if (limit) return { figures: null, limit };
  return putUnderLoad(site, startupsMs, firstStartupMs, site.options.load.durationMs);
}

/** Holds `best` or, where that fails, the next smaller number that can be held: what was not held is no figure. */
async function holdMost(
  site: Site,
  recorder: DensityRecorder,
  best: number,
  limit: Limit,
  beganAt: number,
): Promise<Pick<DensityEnd, 'instances' | 'limit' | 'held'>> {
  let stopped = limit;
  for (let n = best; n > 0; n -= 1) {
    const outcome = await holdOnce(site, recorder, n, beganAt);
    if ('held' in outcome) return { instances: n, limit: stopped, held: outcome.held };
    stopped = { ...outcome.limit, detail: `while ${n} were held: ${outcome.limit.detail}` };
  }
  return { instances: 0, limit: stopped, held: null };
}

async function holdOnce(
  site: Site,
  recorder: DensityRecorder,
  n: number,
  beganAt: number,
): Promise<{ held: Held } | { limit: Limit }> {
  const { holdMs } = site.options;
  await calmDown(site);
  const { limit } = await bringUp(site, n, null);
  if (limit) return { limit };
  site.log.progress(`${site.name}: holding ${n} instances for ${formatDuration(holdMs)}`);
  await recorder.hold(site.instances.up.map(({ id, address }) => ({ id, ...address })));
  const round = await putUnderLoad(site, [], null, holdMs);
  if (round.figures === null) return { limit: round.limit };
  if (round.limit) return { limit: round.limit };
  const { load, worst, memory, pressure } = round.figures;
  return { held: { n, at: monotonicMs() - beganAt, load, worst, memory, pressure } };
}

function timeLimit(n: number, best: number, timeMs: number, earlier: Limit | null): Limit {
  const known = earlier === null ? '' : `; ${earlier.n} were stopped by ${earlier.by}: ${earlier.detail}`;
  return {
    by: 'time',
    n: best,
    detail: `the ${formatDuration(timeMs)} that the scenario gives a platform were over before ${n} could be tried${known}`,
    instance: null,
    evidence: earlier?.evidence ?? [],
  };
}

function capLimit(cap: number): Limit {
  const detail = `${cap} instances are the most that the scenario lets be tried: more may fit`;
  return { by: 'cap', n: cap, detail, instance: null, evidence: [] };
}
