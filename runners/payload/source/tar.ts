/** A root file system in a tar archive: plain, or compressed in a way that tar recognises. */
import { createReadStream } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { ImageError, isDiskFull } from '../error.ts';
import { scanArchive } from '../layer/archive-scan.ts';
import { extractOptions } from '../layer/layer.ts';
import { readArchive } from '../layer/read-archive.ts';
import { limitsOf, PayloadMeter } from '../limits.ts';
import { addMountPoints } from '../normalise.ts';
import { readPackages } from './packages.ts';
import type { TarSource } from './source.ts';
import { drain, ProgramError } from '../stream.ts';
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
  async fill(source, root, { signal }) {
    await mkdir(root);
    // Not as the umask has it, should the archive say nothing of it.
    await chmod(root, 0o755);
    try {
      await unpackArchive(source, root, signal);
    } catch (error) {
      if (!(error instanceof ProgramError) || isDiskFull(error)) throw error;
      throw new ImageError(
        `${source.path} is not a complete tar archive: ${error.stderr.trim()}`,
        'Make it again.',
        { cause: error },
      );
    }
    await addMountPoints(root);
    return { packages: await readPackages(root), image: null };
  },
};

/** Its headers are read as it is unpacked: what is too much is not written first. */
async function unpackArchive(source: TarSource, root: string, signal: AbortSignal): Promise<void> {
  const meter = new PayloadMeter(limitsOf(source), `The archive ${source.path}`);
  const scan = scanArchive(({ bytes }) => {
    meter.add(bytes);
  });
  await readArchive(source.path, ['tar', ['--extract', '--file=-', ...extractOptions(root)]], scan, signal);
}
