/** What capacity measures without a budget have in common: a platform for itself, prepared and put on record. */
import type { Payload } from '../../runners/payload/payload.ts';
import type { PreparedPlatform } from '../../runners/runner.ts';
import type { ResolvedPlatform } from '../../scenarios/resolved.ts';
import { preparePlatform, recordPrepared } from '../run/prepare/platforms.ts';
import type { CapacityWork } from './measure.ts';

/** @param payload in place of the run's own */
export async function withPlatform<T>(
  { run, resources, ...work }: Pick<CapacityWork<object>, 'run' | 'resources' | 'payload'>,
  platform: ResolvedPlatform,
  use: (prepared: PreparedPlatform) => Promise<T>,
  payload: Payload = work.payload,
): Promise<T> {
  const { scenario, context, journal, cpus } = run;
  const prepared = await preparePlatform(platform, scenario.workload, payload, resources);
  try {
    const isRecorded = journal.events.some(
      (event) => event.type === 'platform' && event.platform.id === platform.id,
    );
    if (!isRecorded) {
      const details = {
        cpuset: cpus.instances?.join(',') ?? 'all',
        sharesHarnessCpu: cpus.instances === null,
        ...(platform.startDelayMs > 0 ? { startDelayMs: platform.startDelayMs } : {}),
      };
      const recorded = recordPrepared(platform, prepared, payload.digest, details);
      await journal.write({ type: 'platform', platform: recorded });
    }
    return await use(prepared);
  } finally {
    await prepared.dispose().catch((error: unknown) => {
      context.log.warn(`${platform.id}: clean-up: ${String(error)}`);
    });
  }
}
