/** A root file system that lies in a folder of this machine: copied as it is. */
import { mkdir, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { run } from '../../machine/command.ts';
import type { BuildContext } from '../build-payload.ts';
import { ImageError } from '../error.ts';
import { limitsOf } from '../limits.ts';
import { readManifest } from '../manifest.ts';
import { addMountPoints } from '../normalise.ts';
import { readPackages } from './packages.ts';
import type { DirectorySource } from './source.ts';
import type { SourceBuilder } from './source-builder.ts';

export const directorySource: SourceBuilder<DirectorySource> = {
  about: ({ path }) => `copying the payload from ${path}`,
  pin: (source) => Promise.resolve(source),
  async identity(source, context) {
    const folder = await folderOf(source.path, context);
    context.log.progress(`reading ${source.path} to see whether it has changed`);
    const { signal, log } = context;
    return [(await readManifest(folder, signal, { limits: limitsOf(source), log })).digest];
  },
  async fill({ path }, root, context) {
    const folder = await folderOf(path, context);
    await mkdir(root);
    // -T: the folder itself, not into it; -x: nothing that is mounted inside. From inside the root: the cache's own path
    // must not make those of its files too long.
    await run('cp', ['-a', '-x', '-T', folder, '.'], { signal: context.signal, cwd: root });
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
