/** The measure `image`: what is shipped and stored. */
import { z } from 'zod';
import { defineMeasure } from './measure.ts';
import { bytes, type Metric } from './metric.ts';

/** A file has one size, and one look at it says it all. Platforms define their own figures more precisely. */
const size = (definition: string): Metric => ({ ...bytes(definition), isExact: true });

type ImageOptions = Record<string, never>;

const schema = z.strictObject({}).describe('Size of what is shipped and stored, by several lenses.');

export const image = defineMeasure<typeof schema, ImageOptions>({
  title: 'Image',
  schema,
  resolve: () => ({}),
  metrics: {
    'image.transfer': size(
      'Bytes to send: compressed layer and metadata, or compressed disk, kernel and initrd.',
    ),
    'image.unpacked': size('Bytes of the files once they are unpacked.'),
    'image.virtual': size('Size of the disk as the guest sees it.'),
    'image.allocated': size("Blocks that the unpacked image or disk takes on this machine's disk."),
    'image.marginal': bytes(
      'Blocks on disk that one running instance takes for itself: its copy-on-write layer, once it is ready and was loaded.',
    ),
  },
});
