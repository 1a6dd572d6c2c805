/** Sizes of a container image, by the same definitions for every way to run it. */
import type { ImageFigure } from '../../runner.ts';
import type { OciImage } from './oci-image.ts';

/** @param allocatedBytes blocks on disk that its unpacked files take where they are run from */
export function containerFigures(image: OciImage, allocatedBytes: number): ImageFigure[] {
  return [
    ...Object.values(image.manifests).map(({ name, transferBytes }) => ({
      lens: 'transfer',
      bytes: transferBytes,
      condition: { compression: name },
      definition: `the layer compressed with ${name}, the configuration and the manifest`,
    })),
    {
      lens: 'unpacked',
      bytes: image.unpackedBytes,
      condition: {},
      definition: "the sizes of the image's files after unpacking",
    },
    {
      lens: 'allocated',
      bytes: allocatedBytes,
      condition: {},
      definition: "what the unpacked image's files and folders occupy on the host",
    },
  ];
}
