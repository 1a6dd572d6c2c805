/**
 * Starts at a steady rate, which doubles until the platform cannot keep up: what a burst of so many at once does not show.
 * Each instance is removed once it was ready, so that only starts add up.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { approach, monotonicMs } from '../../../runners/machine/clock.ts';
import type { Instance } from '../../../runners/runner.ts';
import { explain, startAndWait } from '../../run/instance/start.ts';
import { ascending, quantile } from '../../statistics/quantile.ts';
import { remove, type BurstSite } from './take-burst.ts';

/** A rate that was offered. */
export interface LadderStep {
  /** Starts per second. */
  rate: number;
  starts: number;
  failed: number;
  /** Of those that became ready, from the moment at which the start was meant to be requested; null: none did. */
  p50Ms: number | null;
  p95Ms: number | null;
}

/** How much slower than at the lowest rate a start may be. */
const mostSlowdown = 2;

/** @param failed is told the first failure of each rate */
export async function climb(
  site: BurstSite,
  { durationMs, most }: { durationMs: number; most: number },
  prefix: string,
  failed: (instance: string, error: unknown, step: LadderStep) => Promise<void>,
): Promise<LadderStep[]> {
  const steps: LadderStep[] = [];
  for (let rate = 1; rate <= most; rate *= 2) {
    site.log.progress(`${site.platform.id}: ${rate} starts per second for ${durationMs / 1000} s`);
    const { step, failure } = await offer(site, rate, durationMs, `${prefix}${rate}-`);
    steps.push(step);
    if (failure) await failed(failure.instance, failure.error, step);
    if (!keepsUp(step, steps[0] ?? step)) break;
  }
  return steps;
}

/** Whether the platform kept up with a rate: no start failed, and 95 % took at most twice as long as at the lowest. */
function keepsUp(step: LadderStep, lowest: LadderStep): boolean {
  if (step.failed > 0 || step.p95Ms === null || lowest.p95Ms === null) return false;
  return step.p95Ms <= mostSlowdown * lowest.p95Ms;
}

/** The highest rate that it kept up with; 0: not even the lowest. */
export function sustainedRate(steps: readonly LadderStep[]): number {
  const [lowest] = steps;
  if (!lowest) return 0;
  const broken = steps.findIndex((step) => !keepsUp(step, lowest));
  return (broken === -1 ? steps.at(-1) : steps[broken - 1])?.rate ?? 0;
}

interface Failure {
  instance: string;
  error: unknown;
}

async function offer(
  site: BurstSite,
  rate: number,
  durationMs: number,
  prefix: string,
): Promise<{ step: LadderStep; failure: Failure | null }> {
  const starts = Math.max(1, Math.round((rate * durationMs) / 1000));
  const ids = Array.from({ length: starts }, (_, index) => `${prefix}${index + 1}`);
  for (const id of ids) await mkdir(join(site.logs, id), { recursive: true });
  const beganAt = monotonicMs();
  const outcomes = await Promise.all(
    ids.map(async (id, index) => {
      return startOne(site, id, await approach(beganAt + (index * 1000) / rate));
    }),
  );
  site.signal.throwIfAborted();
  const times = ascending(outcomes.filter((outcome) => typeof outcome === 'number'));
  const failures = outcomes.filter((outcome) => typeof outcome !== 'number');
  const at = (share: number): number | null => (times.length === 0 ? null : quantile(times, share));
  const step = { rate, starts, failed: failures.length, p50Ms: at(0.5), p95Ms: at(0.95) };
  return { step, failure: failures[0] ?? null };
}

/** @returns milliseconds from that moment until it was ready */
async function startOne(site: BurstSite, id: string, from: number): Promise<number | Failure> {
  let instance: Instance | null = null;
  try {
    site.signal.throwIfAborted();
    instance = await site.prepared.create({ id, logs: join(site.logs, id) });
    const { readyAt } = await startAndWait(instance, site);
    return readyAt - from;
  } catch (error) {
    return { instance: id, error: instance ? await explain(error, instance, site.signal) : error };
  } finally {
    if (instance) await remove(instance, site.log);
  }
}
