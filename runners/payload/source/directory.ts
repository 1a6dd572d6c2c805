/** A root file system that lies in a folder of this machine: copied as it is. */
import { realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { run } from '../../machine/command.ts';
import type { BuildContext } from '../build-payload.ts';
import { ImageError } from '../error.ts';
import { readManifest } from '../manifest.ts';
import { addMountPoints } from '../normalise.ts';
import { readPackages } from './packages.ts';
import type { DirectorySource } from './source.ts';
import type { SourceBuilder } from './source-builder.ts';

export const directorySource: SourceBuilder<DirectorySource> = {
  about: ({ path }) => `copying the payload from ${path}`,
  pin: (source) => Promise.resolve(source),
  async identity({ path }, context) {
    const folder = await folderOf(path, context);
    return [(await readManifest(folder, context.signal)).digest];
  },
  async fill({ path }, root, context) {
    const folder = await folderOf(path, context);
    // -T: the folder itself, not into it; -x: nothing that is mounted inside.
    await run('cp', ['-a', '-x', '-T', folder, root], { signal: context.signal });
    await addMountPoints(root);
    return { packages: await readPackages(root), image: null };
  },
};

/** Its real path. Throws an ImageError where it cannot be copied into the cache. */
async function folderOf(path: string, { cache }: BuildContext): Promise<string> {
  const folder = await realpath(path).catch((error: unknown) => {
    throw new ImageError(`The folder ${path} cannot be read`, 'Correct the "path" of the rootfs.', {
      cause: error,
    });
  });
  const place = await realpath(cache).catch(() => cache);
  const isInside = folder === sep || `${place}${sep}`.startsWith(`${folder}${sep}`);
  if (isInside) {
    throw new ImageError(
      `The cache ${place} lies inside the folder ${folder} that is to be copied into it`,
      'Name another "path", or another cache with --cache-dir.',
    );
  }
  return folder;
}
