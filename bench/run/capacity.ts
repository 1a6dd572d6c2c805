/** Capacity measures: one platform after the other, each for itself, after all samples. */
import { raiseKernelLimits } from '../../runners/machine/kernel/kernel-limits.ts';
import type { Payload } from '../../runners/payload/payload.ts';
import type { ResolvedPlatform } from '../../scenarios/resolved.ts';
import { takersOf } from '../measures/takers.ts';
import { recordFailure } from './journal/record-failure.ts';
import type { RunResources } from './resources.ts';
import type { Run } from './run.ts';

export async function takeCapacities(
  run: Run,
  platforms: readonly ResolvedPlatform[],
  payload: Payload,
  resources: RunResources,
): Promise<void> {
  const { context, scenario } = run;
  for (const { name, options, taker } of takersOf(scenario.measures)) {
    if (!taker.capacity) continue;
    await raiseKernelLimits(resources.run.lease, context.log);
    for (const platform of platforms) {
      context.signal.throwIfAborted();
      try {
        await taker.capacity.take({ run, options, payload, resources }, platform);
      } catch (error) {
        if (context.signal.aborted) throw error;
        const failure = { platform: platform.id, measure: name, error };
        await recordFailure(run, { ...failure, fallbackCode: 'measure-failed' });
      }
    }
  }
}
