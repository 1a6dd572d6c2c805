/** Sizes of a payload that runs from a plain folder: there is no image format, and what is shipped is one archive. */
import { allocatedBelow } from '../machine/tree-size.ts';
import type { ImageFigure } from '../runner.ts';
import type { BuildContext } from './build-payload.ts';
import { packOciImage, type ImageConfig } from './oci-image/oci-image.ts';
import type { Payload } from './payload.ts';

/** The archive is the container image's layer, so that the two are the same bytes. */
export async function folderFigures(
  payload: Payload,
  config: ImageConfig,
  context: BuildContext,
): Promise<ImageFigure[]> {
  const { manifests } = await packOciImage(payload, config, context);
  return [
    ...Object.values(manifests).map(({ name, layer }) => ({
      lens: 'transfer',
      bytes: layer.bytes,
      condition: { compression: name },
      definition: `the payload's files in one archive, compressed with ${name}`,
    })),
    {
      lens: 'unpacked',
      bytes: payload.bytes,
      condition: {},
      definition: "the sizes of the payload's files",
    },
    {
      lens: 'allocated',
      bytes: await allocatedBelow(payload.root),
      condition: {},
      definition: "what the payload's files and folders occupy on the host",
    },
  ];
}
