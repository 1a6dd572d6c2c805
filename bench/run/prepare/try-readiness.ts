/**
 * What a server speaks, where nobody has said it: one instance is started before the first sample, and asked over HTTP. A
 * connection alone counts where no HTTP comes back.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../../../runners/machine/clock.ts';
import type { Instance } from '../../../runners/runner.ts';
import { httpReadiness } from '../../../scenarios/loader/payload-scenario.ts';
import type { ResolvedReadiness, ResolvedScenario, ServerReadiness } from '../../../scenarios/resolved.ts';
import type { RunResources } from '../resources.ts';
import { startAndWait } from '../instance/start.ts';
import type { Run } from '../run.ts';
import { sharesKernel } from './platforms.ts';
import type { Prepared } from './prepare.ts';

/** A server that takes connections and speaks HTTP answers sooner, if only with an error. */
const silenceMs = 5000;
const answerMs = 2000;
const periodMs = 100;

/**
 * @returns the scenario with the readiness that was found, which is on record; the same scenario where it is stated, and
 *   where no platform had an instance that took a connection: each of them then says so itself
 */
export async function tryReadiness(
  run: Run,
  ready: readonly Prepared[],
  resources: RunResources,
): Promise<ResolvedScenario> {
  const { scenario, context, journal } = run;
  const tentative = scenario.workload.ready;
  if (tentative.by !== 'tcp' || tentative.isTentative !== true) return scenario;
  const tcp: ServerReadiness = {
    by: 'tcp',
    exchange: tentative.exchange,
    timeoutMs: tentative.timeoutMs,
  };
  for (const entry of ready) {
    context.log.progress(`trying whether it speaks HTTP, on ${entry.platform.id}`);
    const found = await tryOn(entry, tcp, run, resources);
    if (found === null) continue;
    const words =
      found.by === 'http'
        ? 'it speaks HTTP: ready is the first answer to / with a status below 500'
        : 'no HTTP came back: ready is the first accepted connection';
    context.log.progress(words);
    const filled = { ...scenario, workload: { ...scenario.workload, ready: found } };
    await journal.write({ type: 'scenario', scenario: filled });
    return filled;
  }
  return scenario;
}

/** @returns null where no connection was accepted */
async function tryOn(
  { platform, prepared }: Prepared,
  tcp: ServerReadiness,
  { options, context }: Run,
  { prober }: RunResources,
): Promise<ResolvedReadiness | null> {
  const { signal, log } = context;
  const id = `${platform.id}-trial`;
  const logs = join(options.folder, 'logs', id);
  let instance: Instance | null = null;
  try {
    await mkdir(logs, { recursive: true });
    instance = await prepared.create({ id, logs });
    const { readyAt } = await startAndWait(instance, {
      ...{ platform, ready: tcp, prober, signal },
      sharesKernel: sharesKernel(platform, prepared),
    });
    const { address } = instance;
    while (monotonicMs() < readyAt + silenceMs) {
      signal.throwIfAborted();
      // Any answer shows that it is HTTP; whether it is a good one is for the samples to say.
      const answer = await prober.get({ ...address, path: '/' }, answerMs).catch(() => null);
      if (answer !== null) return httpReadiness(tcp.timeoutMs);
      await sleep(periodMs, undefined, { signal });
    }
    return tcp;
  } catch (error) {
    if (signal.aborted) throw error;
    log.debug(`${id}: ${String(error)}`);
    return null;
  } finally {
    await instance?.dispose();
  }
}
