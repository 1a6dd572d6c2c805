/** A root file system in a tar archive: plain, or compressed in a way that tar recognises. */
import { createReadStream } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { CommandError, run } from '../../machine/command.ts';
import { ImageError, isDiskFull } from '../error.ts';
import { extractOptions } from '../layer/layer.ts';
import { addMountPoints } from '../normalise.ts';
import { readPackages } from './packages.ts';
import type { TarSource } from './source.ts';
import { drain } from '../stream.ts';
import type { SourceBuilder } from './source-builder.ts';

export const tarSource: SourceBuilder<TarSource> = {
  about: ({ path }) => `unpacking the payload from ${path}`,
  pin: (source) => Promise.resolve(source),
  async identity({ path }) {
    try {
      return [(await drain(createReadStream(path), null)).digest];
    } catch (error) {
      throw new ImageError(`The archive ${path} cannot be read`, 'Correct the "path" of the rootfs.', {
        cause: error,
      });
    }
  },
  async fill({ path }, root, { signal }) {
    await mkdir(root);
    // Not as the umask has it, should the archive say nothing of it.
    await chmod(root, 0o755);
    try {
      await run('tar', ['--extract', `--file=${path}`, ...extractOptions(root)], { signal });
    } catch (error) {
      if (!(error instanceof CommandError) || error.isMissing || error.isAborted || isDiskFull(error))
        throw error;
      throw new ImageError(
        `${path} is not a complete tar archive: ${error.stderr.trim()}`,
        'Make it again.',
        {
          cause: error,
        },
      );
    }
    await addMountPoints(root);
    return { packages: await readPackages(root), image: null };
  },
};
