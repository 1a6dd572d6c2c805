/** Takes the measure `stop`: asks an instance to end, or kills it, and waits until nothing of it is left. */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../../runners/machine/clock.ts';
import type { OptionsOf } from '../../scenarios/measures/measures.ts';
import { InstanceFailure } from '../run/instance/failure.ts';
import type { Measure } from './measure.ts';

const stopTimeoutMs = 60_000;

export const stop: Measure<OptionsOf<'stop'>> = {
  instance: {
    hooks: ({ instance, stop: mode, sample }) => {
      let unstoppable: string | null = null;
      return {
        async beforeEnding() {
          if (mode === 'graceful') unstoppable = await instance.whyUnstoppable();
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
