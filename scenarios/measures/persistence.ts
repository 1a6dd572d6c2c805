/** The measure `persistence`: whether a file that an instance wrote comes back. */
import { z } from 'zod';
import { defineMeasure } from './measure.ts';
import { samples, sampling } from './samples.ts';

const schema = z
  .strictObject({
    samples: samples.prefault(3).describe('How often each is tried; every try takes four instances more.'),
  })
  .describe(
    'Whether files in the root, synced and not, come back after stop and start, kill and start, and in a new instance.',
  );

export const persistence = defineMeasure<typeof schema, { samples: number }>({
  title: 'Persistence',
  schema,
  takes: 'server',
  resolve: (written) => ({ samples: written.samples }),
  sampling: sampling(),
  metrics: {
    'persistence.kept': {
      unit: 'yes-no',
      better: 'higher',
      definition:
        'Whether a file of 256 KiB that the workload wrote to its root was there, whole, in the instance that came after: 1 or 0 for each try. `synced`: whether it was synced before the end. `after`: `stop` and `kill` are followed by a start with the layer that was left, `recreate` by one from the image.',
    },
  },
});
