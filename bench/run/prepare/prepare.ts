/** Before the first sample: which platforms this machine can run, and what their instances share. Never timed. */
import type { Payload } from '../../../runners/payload/payload.ts';
import type { PreparedPlatform } from '../../../runners/runner.ts';
import type { MeasureName } from '../../../scenarios/measures/measures.ts';
import type { ResolvedPlatform } from '../../../scenarios/resolved.ts';
import { takersOf } from '../../measures/takers.ts';
import { exitCodes, TareError } from '../../environment/errors.ts';
import { preparePlatform, probePlatform, recordPrepared, recordSkipped } from './platforms.ts';
import type { Journal } from '../journal/journal.ts';
import { recordFailure } from '../journal/record-failure.ts';
import type { RunResources } from '../resources.ts';
import { probeContext, type Run } from '../run.ts';

export interface Prepared {
  platform: ResolvedPlatform;
  prepared: PreparedPlatform;
}

/** Platforms that cannot run are put on record as skipped, with reason and remedy. */
export async function probeAll({ scenario, context, journal }: Run): Promise<ResolvedPlatform[]> {
  const usable: ResolvedPlatform[] = [];
  for (const platform of scenario.platforms) {
    const fitness = await probePlatform(platform, probeContext(context));
    if (fitness.usable) {
      for (const note of fitness.notes) context.log.debug(`${platform.id}: ${note}`);
      usable.push(platform);
      continue;
    }
    const { reason, remedy } = fitness;
    if (platform.required) {
      throw new TareError(
        `platform ${platform.id} is required and cannot run here: ${reason}\n  ${remedy}`,
        exitCodes.unfit,
      );
    }
    context.log.warn(`${platform.id} is skipped: ${reason}\n  ${remedy}`);
    await journal.write({ type: 'platform', platform: recordSkipped(platform, reason, remedy) });
  }
  return usable;
}

/**
 * What could not be prepared is put on record as a failure.
 *
 * @param ready gets each platform as soon as it is prepared, so that the caller can dispose of it whatever happens
 */
export async function prepareAll(
  run: Run,
  usable: readonly ResolvedPlatform[],
  payload: Payload,
  resources: RunResources,
  ready: Prepared[],
): Promise<void> {
  const { scenario, context, journal, cpus } = run;
  for (const platform of usable) {
    context.signal.throwIfAborted();
    try {
      context.log.progress(`preparing ${platform.id}`);
      const prepared = await preparePlatform(platform, scenario.workload, payload, resources);
      ready.push({ platform, prepared });
      const details = {
        cpuset: cpus.instances?.join(',') ?? 'all',
        sharesHarnessCpu: cpus.instances === null,
        ...(platform.startDelayMs > 0 ? { startDelayMs: platform.startDelayMs } : {}),
      };
      await journal.write({
        type: 'platform',
        platform: recordPrepared(platform, prepared, payload.digest, details),
      });
      await takePlatformMeasures(run, { platform, prepared });
    } catch (error) {
      if (context.signal.aborted) throw error;
      await recordFailure(run, {
        platform: platform.id,
        measure: 'prepare',
        error,
        fallbackCode: 'prepare-failed',
      });
    }
  }
}

/** What a resumed run has taken of this platform before is not taken again. */
async function takePlatformMeasures(
  { scenario, context, journal }: Run,
  { platform, prepared }: Prepared,
): Promise<void> {
  for (const { name, options, taker } of takersOf(scenario.measures)) {
    if (!taker.platform || isTaken(journal, name, platform)) continue;
    await taker.platform.take({
      ...{ options, platform, prepared, log: context.log },
      sample: ({ metric, lens = null, condition = {}, definition = null, value }) =>
        journal.write({
          ...{ type: 'sample', platform: platform.id, measure: name, metric, lens, condition, definition },
          sample: { value, block: 0, at: new Date().toISOString() },
        }),
    });
  }
}

function isTaken({ events }: Journal, measure: MeasureName, { id }: ResolvedPlatform): boolean {
  return events.some(
    (event) =>
      event.type === 'sample' &&
      event.platform === id &&
      event.measure === measure &&
      event.sample.instance === undefined,
  );
}
