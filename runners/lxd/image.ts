/** The payload as an image that LXD imports: its files as one archive, and a few words about them as another. */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../machine/command.ts';
import { allocatedBelow } from '../machine/tree-size.ts';
import { epochSeconds } from '../payload/epoch.ts';
import type { OciImage } from '../payload/oci-image/oci-image.ts';
import type { ImageFigure } from '../runner.ts';
import type { Daemon } from './daemon.ts';

/** Of the one image that a daemon of a run's own has. */
export const imageAlias = 'payload';

/** The archive is the container image's layer, so that the two are the same bytes. @returns size of the other, bytes */
export async function importImage(folder: string, image: OciImage, daemon: Daemon): Promise<number> {
  const metadata = { architecture: 'x86_64', creation_date: epochSeconds, properties: {} };
  const file = join(folder, 'metadata.tar');
  await mkdir(folder, { recursive: true });
  // YAML takes JSON as it is.
  await writeFile(join(folder, 'metadata.yaml'), JSON.stringify(metadata));
  await run('tar', ['--create', '--file', file, '--directory', folder, 'metadata.yaml']);
  await daemon.client(['image', 'import', file, image.manifests.gzip.layer.file, '--alias', imageAlias]);
  return (await stat(file)).size;
}

export async function lxdFigures(
  image: OciImage,
  metadataBytes: number,
  daemon: Daemon,
): Promise<ImageFigure[]> {
  return [
    ...Object.values(image.manifests).map(({ name, layer }) => ({
      lens: 'transfer',
      bytes: layer.bytes + metadataBytes,
      condition: { compression: name },
      definition: `the payload's files in one archive, compressed with ${name}, and the image's description`,
    })),
    {
      lens: 'unpacked',
      bytes: image.unpackedBytes,
      condition: {},
      definition: "the sizes of the payload's files",
    },
    {
      lens: 'allocated',
      bytes: await allocatedBelow(daemon.images),
      condition: {},
      definition: "what the image occupies in the daemon's store; each instance has all files once more",
    },
  ];
}
