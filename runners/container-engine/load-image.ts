/** Gives the payload's image to an engine, under a name of the run's. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDockerArchive } from '../payload/source/docker-archive.ts';
import type { OciImage } from '../payload/oci-image/oci-image.ts';
import type { RunContext } from '../runner.ts';
import { runEngine, type EngineCommand } from './command.ts';

/** @param place a folder that the engine may read, and how it names what is in it; absent: it reads everything */
export async function loadImage(
  engine: EngineCommand,
  image: OciImage,
  name: string,
  platform: string,
  { folders, log, signal }: RunContext,
  place?: { folder: string; seen: (path: string) => string },
): Promise<void> {
  const folder = join(place?.folder ?? folders.scratch, `${platform}-image`);
  await mkdir(folder, { recursive: true });
  try {
    const archive = await writeDockerArchive(image, name, folder);
    log.progress(`loading the image of ${platform}: a few seconds`);
    await runEngine(engine, ['load', '--quiet', '--input', place?.seen(archive) ?? archive], { signal });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
