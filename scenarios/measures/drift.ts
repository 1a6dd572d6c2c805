/** The measure `drift`: which files of an instance are not those of its image any more. */
import { z } from 'zod';
import { duration, number } from '../schema/fields.ts';
import { defineMeasure } from './measure.ts';
import { bytes, type Metric } from './metric.ts';
import { samples, sampling } from './samples.ts';

export interface DriftOptions {
  samples: number;
  load: { rps: number; durationMs: number };
}

/** Where a file is says what it is for. */
export const driftClasses = ['log', 'tmp', 'run', 'cache', 'configuration', 'program', 'data'] as const;
export type DriftClass = (typeof driftClasses)[number];

const schema = z
  .strictObject({
    samples: samples.prefault(3).describe('How often; each takes four instances.'),
    load: z
      .strictObject({
        rps: number(0.1, 10_000).prefault(20).describe('Requests per second.'),
        duration: duration(100, 3_600_000).prefault('3s').describe('How long it lasts.'),
      })
      .prefault({})
      .describe('The same for every instance that is put under load.'),
  })
  .describe('Files that differ from the image after boot, load and restart, and between two instances.');

const files = (definition: string): Metric => ({ unit: 'count', better: 'lower', definition });
const where = 'The instance has ended; `after` says what it did before.';

export const drift = defineMeasure<typeof schema, DriftOptions>({
  title: 'Drift',
  schema,
  takes: 'server',
  resolve: ({ samples: count, load }) => ({
    samples: count,
    load: { rps: load.rps, durationMs: load.duration },
  }),
  sampling: sampling(),
  metrics: {
    'drift.files': files(
      `Files, folders and links that are not as in the image: added, changed or deleted. Times of files do not count. ${where}`,
    ),
    'drift.between': files(
      'Files, folders and links that differ between two instances after the same load, each with an image of its own.',
    ),
    'drift.added': { ...files(`Of them those that the image does not have. ${where}`), isPart: true },
    'drift.changed': {
      ...files(`Of them those that the image has with other content, owner or mode. ${where}`),
      isPart: true,
    },
    'drift.deleted': { ...files(`Of them those that only the image has. ${where}`), isPart: true },
    'drift.class': {
      ...files(`Files that are not as in the image, by what they are for, as their path says. ${where}`),
      isPart: true,
    },
    'drift.bytes': {
      ...bytes(`Sizes of the files that were added or changed. ${where}`),
      isPart: true,
    },
    'drift.allocated': {
      ...bytes(`Blocks that the files take which were added or changed. ${where}`),
      isPart: true,
    },
  },
  differences: [{ level: 'note', what: 'load of the drift measure', option: 'load' }],
});
