/** One window with and one without the aggressor, and how much the victim is asked in both. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance } from '../../../runners/runner.ts';
import { parseFacts } from '../../run/instance/inside.ts';
import { loadQuestionOf, questionOf } from '../../prober/question.ts';
import type { NeighborPair, Window } from './pair.ts';
import type { Site } from './site.ts';

/** More would make the load generator what is measured. */
const mostRps = 1000;
const saturationMs = 3000;
const connections = 8;
/** What an answer that never came counts as: the load generator waits no longer for one. */
const unansweredMs = 10_000;
/** Beyond its time an aggressor may need this to end what it has started. */
const endMs = 15_000;

/** Alone, at saturation, and the share of it that is asked for. */
export async function findRate({ options, workload, prober, victim, signal }: Site): Promise<number> {
  const { address } = await victim.living();
  const question = questionOf(workload.ready, workload.loadPath);
  const load = { ...address, ...question, connections, durationMs: saturationMs };
  const { ok, durationMs } = await prober.saturate(load, signal);
  return Math.min(mostRps, (options.load * 1000 * ok) / durationMs);
}

type Asked = Pick<NeighborPair, 'aggressor' | 'limits' | 'number' | 'rps'>;

/** Pairs alternate: AB, BA. */
export async function takePair(site: Site, asked: Asked, pushPath: string): Promise<NeighborPair> {
  const takeAlone = (): Promise<Window> => takeWindow(site, asked.rps);
  if (asked.number % 2 === 1) {
    const alone = await takeAlone();
    return { ...asked, alone, ...(await takeBeside(site, asked, pushPath)) };
  }
  const besides = await takeBeside(site, asked, pushPath);
  return { ...asked, ...besides, alone: await takeAlone() };
}

async function takeBeside(
  site: Site,
  { aggressor: kind, rps }: Asked,
  pushPath: string,
): Promise<Pick<NeighborPair, 'beside' | 'work' | 'victimDied' | 'aggressorDied'>> {
  const { options, victim, aggressor } = site;
  const [target, pusher] = [await victim.living(), await aggressor.living()];
  const durationMs = options.settleMs + options.windowMs;
  const pushing = push(site, pusher, `${pushPath}?${kind}&${durationMs}&${target.address.host}`, durationMs);
  const beside = await takeWindow(site, rps);
  const steps = await pushing;
  const [victimDied, aggressorDied] = [!(await victim.isAlive()), !(await aggressor.isAlive())];
  // One that still goes on, or that nothing is known of, must not reach into the next window.
  if (steps === null) await aggressor.remove();
  const work = steps === null ? null : (1000 * steps) / durationMs;
  return { beside, work, victimDied, aggressorDied };
}

/** @returns steps of its work; null where it did not live to tell */
async function push(
  { prober, workload }: Site,
  { address }: Instance,
  path: string,
  durationMs: number,
): Promise<number | null> {
  try {
    const target = { ...address, ...questionOf(workload.ready, path) };
    const { status, body } = await prober.get(target, durationMs + endMs);
    const steps = Number(parseFacts(body)['work']);
    return status === 200 && Number.isFinite(steps) ? steps : null;
  } catch {
    return null;
  }
}

async function takeWindow({ options, workload, prober, victim, signal }: Site, rps: number): Promise<Window> {
  const { address } = await victim.living();
  await sleep(options.settleMs, undefined, { signal });
  const question = loadQuestionOf(workload.ready, workload.loadPath);
  const load = { ...address, ...question, rps, durationMs: options.windowMs };
  try {
    const { offered, ok, errors, p99 } = await prober.load(load, signal);
    return { offered, ok, p99Ms: errors * 100 >= offered ? unansweredMs : p99 };
  } catch (error) {
    if (signal.aborted) throw error;
    // Not one was answered well.
    return { offered: Math.round((rps * options.windowMs) / 1000), ok: 0, p99Ms: unansweredMs };
  }
}
