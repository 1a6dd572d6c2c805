/** The measure `portability`: whether an image moves to where it was not made for. */
import { z } from 'zod';
import { diskFormats, type DiskFormat } from '../schema/allowed-words.ts';
import { defineMeasure } from './measure.ts';
import { ms } from './metric.ts';

export interface PortabilityOptions {
  formats: DiskFormat[];
}

const schema = z
  .strictObject({
    formats: z
      .array(z.enum(diskFormats))
      .min(1, 'expected at least one format')
      .prefault([...diskFormats])
      .describe('Formats that the disk of a VM is converted to.'),
  })
  .describe(
    'Whether the disk of a VM boots in other formats and on other hardware, and one OCI image on each container platform.',
  );

export const portability = defineMeasure<typeof schema, PortabilityOptions>({
  title: 'Portability',
  schema,
  takes: 'server',
  resolve: ({ formats }) => ({ formats }),
  metrics: {
    'portability.boots': {
      unit: 'yes-no',
      better: 'higher',
      isExact: true,
      definition:
        'Whether an instance became ready, 1 or 0. Of a VM from its disk in this `format`, which was not converted back, on this `hardware`. Of a container from the one OCI image layout of the payload, unpacked anew.',
    },
    'portability.equal': {
      unit: 'yes-no',
      better: 'higher',
      isExact: true,
      definition:
        'Whether the content is the same, 1 or 0: by `qemu-img compare` with the disk, or by the digest of the unpacked payload.',
    },
    'portability.bytes': {
      unit: 'bytes',
      better: 'lower',
      isExact: true,
      definition: 'Blocks that the converted disk takes on this machine, or bytes of the OCI image to send.',
    },
    'portability.convert': ms('Time of `qemu-img convert`, or of unpacking the OCI image. Observed once.'),
    'cpu.convert': ms('CPU time of `qemu-img convert`, user and system. Observed once.'),
    'portability.ready': ms(
      'From the start command to the first good answer of that instance. Observed once.',
    ),
  },
});
