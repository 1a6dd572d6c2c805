/** The measure `stop`: how long an instance takes to end, asked and killed, and until nothing of it is left. */
import { z } from 'zod';
import { defineMeasure } from './measure.ts';
import { ms } from './metric.ts';
import { followingSamples, sampling } from './samples.ts';

interface StopOptions {
  samples: number;
}

const schema = z
  .strictObject({ samples: followingSamples })
  .describe('Time of a graceful stop, of a kill, and until everything is released.');

export const stop = defineMeasure<typeof schema, StopOptions>({
  title: 'Stop',
  schema,
  takes: 'server',
  resolve: (written, usual) => ({ samples: written.samples ?? usual.samples }),
  sampling: sampling(),
  metrics: {
    'stop.graceful': ms(
      'From the request to stop (stop signal; for a VM the guest is asked) until the main process is gone.',
    ),
    'stop.kill': ms('From the kill until the main process is gone.'),
    'stop.released': ms(
      'From the request to stop until nothing of the instance remains: processes, cgroup, mounts, network and layer.',
    ),
  },
});
