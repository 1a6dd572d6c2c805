/** Gives the payload's image to an engine, under a name of the run's. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDockerArchive } from '../payload/source/docker-archive.ts';
import type { OciImage } from '../payload/oci-image/oci-image.ts';
import type { RunContext } from '../runner.ts';
import { runEngine, type EngineCommand } from './command.ts';

export async function loadImage(
  engine: EngineCommand,
  image: OciImage,
  name: string,
  platform: string,
  { folders, log, signal }: RunContext,
): Promise<void> {
  const folder = join(folders.scratch, `${platform}-image`);
  await mkdir(folder, { recursive: true });
  try {
    const archive = await writeDockerArchive(image, name, folder);
    log.progress(`loading the image of ${platform}: a few seconds`);
    await runEngine(engine, ['load', '--quiet', '--input', archive], { signal });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
