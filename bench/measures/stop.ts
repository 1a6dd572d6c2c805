/** Takes the measure `stop`: asks an instance to end, or kills it, and waits until nothing of it is left. */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../../runners/machine/clock.ts';
import type { Instance } from '../../runners/runner.ts';
import type { OptionsOf } from '../../scenarios/measures/measures.ts';
import { InstanceFailure } from '../run/instance/failure.ts';
import type { Measure } from './measure.ts';

const stopTimeoutMs = 60_000;

/** How long a program that serves already may take until it handles its stop signal, and how often that is looked at. */
const handlerTimeoutMs = 2000;
const lookAgainMs = 50;

export const stop: Measure<OptionsOf<'stop'>> = {
  instance: {
    hooks: ({ instance, stop: mode, sample }) => {
      let unstoppable: string | null = null;
      return {
        async beforeEnding() {
          if (mode === 'graceful') unstoppable = await whyUnstoppable(instance);
        },
        async ending() {
          // Known beforehand: to wait for it would only take the patience of whoever waits.
          if (unstoppable !== null) throw new InstanceFailure('stop-failed', unstoppable);
          const requestedAt = monotonicMs();
          await instance.stop(mode);
          const exit = await Promise.race([instance.exited, sleep(stopTimeoutMs, null, { ref: false })]);
          if (exit === null) {
            throw new InstanceFailure(
              'stop-failed',
              `still running ${stopTimeoutMs / 1000} s after a ${mode} stop`,
            );
          }
          await instance.dispose();
          const releasedAt = monotonicMs();
          sample({ metric: `stop.${mode}`, value: exit.at - requestedAt });
          sample({ metric: 'stop.released', condition: { mode }, value: releasedAt - requestedAt });
        },
      };
    },
  },
};

/**
 * Some answer before they can be stopped: haproxy's master starts the worker that serves, and then itself once more.
 *
 * @returns the reason that is still there after a while; null: the signal has an effect
 */
async function whyUnstoppable(instance: Pick<Instance, 'whyUnstoppable'>): Promise<string | null> {
  const until = monotonicMs() + handlerTimeoutMs;
  let why = await instance.whyUnstoppable();
  while (why !== null && monotonicMs() < until) {
    await sleep(lookAgainMs);
    why = await instance.whyUnstoppable();
  }
  return why;
}
