/** An image built from a Containerfile, by buildah in a storage of its own or by the user's docker. */
import { mkdir, readFile, realpath } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { findProgram } from '../../machine/programs.ts';
import type { BuildContext } from '../build-payload.ts';
import { withTemporary } from '../cache-entry.ts';
import { ImageError } from '../error.ts';
import { limitsOf } from '../limits.ts';
import { readManifest } from '../manifest.ts';
import type { ContainerfileSource } from './source.ts';
import { buildWithBuildah } from './buildah.ts';
import { buildWithDocker } from './docker-build.ts';
import { explainBuild } from './explain-build.ts';
import { ignoreFiles, readIgnoreFile } from './ignore-file.ts';
import { fillFromLayout, imageReading } from './oci.ts';
import type { SourceBuilder } from './source-builder.ts';

export const containerfileSource: SourceBuilder<ContainerfileSource> = {
  about: ({ file }) => `building ${file}: what the instructions take`,
  pin: (source) => Promise.resolve(source),
  async identity(source, { signal, log }) {
    const context = await realpath(source.context);
    log.progress(`reading ${source.context} to see whether it has changed`);
    const isLeftOut = await readIgnoreFile(context, ignoreFiles[await chooseBuilder(source)]);
    const { digest } = await readManifest(context, signal, {
      log,
      // Builders pass over sockets, which no image can carry.
      omits: ({ path, stat }) => stat.isSocket() || isLeftOut(path.toString().slice(1)),
    });
    const instructions = createHash('sha256')
      .update(await readFile(source.file))
      .digest('hex');
    return [digest, instructions, source.arguments, source.target, imageReading];
  },
  async fill(source, root, context) {
    return withTemporary(join(context.cache, 'payloads'), async (work) => {
      await mkdir(work);
      const layout = join(work, 'image');
      const digest = await buildImage(source, layout, work, context);
      return await fillFromLayout(
        { layout, name: source.file, digest, limits: limitsOf(source) },
        root,
        context,
      );
    });
  },
};

/** @returns `sha256:…` of the image's configuration */
async function buildImage(
  source: ContainerfileSource,
  layout: string,
  work: string,
  context: BuildContext,
): Promise<string> {
  const builder = await chooseBuilder(source);
  try {
    return builder === 'buildah'
      ? await buildWithBuildah(source, layout, work, context.signal)
      : await buildWithDocker(source, layout, work, context.signal);
  } catch (error) {
    throw await explainBuild(error, builder, source.file);
  }
}

async function chooseBuilder({ builder }: ContainerfileSource): Promise<'buildah' | 'docker'> {
  if (builder !== 'auto') return builder;
  for (const name of ['buildah', 'docker'] as const) if ((await findProgram(name)) !== null) return name;
  throw new ImageError(
    'Neither buildah nor docker is installed, one of which a Containerfile needs',
    'Install one (Debian: apt-get install buildah).',
  );
}
