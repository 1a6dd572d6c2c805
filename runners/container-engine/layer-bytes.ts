/** What an image or a container has, and takes, on disk in an engine's own store. */
import { allocatedBelow } from '../machine/tree-size.ts';
import { openOverlay } from '../machine/mounts/overlay.ts';
import type { OpenRoot } from '../machine/open-root.ts';
import { runEngine, type EngineCommand } from './command.ts';

const unknownDriver = 'the engine keeps layers in a way that Tare cannot read; it knows overlay2 and overlay';

/**
 * Blocks of the files that a container has changed; 0 for one that is not there.
 *
 * @param fileOf where a folder that the engine names is on this machine
 */
export async function layerBytes(
  engine: EngineCommand,
  container: string,
  fileOf = asNamed,
): Promise<number> {
  const format = '{{json .GraphDriver.Data}}';
  const args = ['container', 'inspect', '--format', format, container];
  const { code, stdout } = await runEngine(engine, args, { accept: [0, 1, 125] });
  return code === 0 ? upperBytes(stdout, fileOf) : 0;
}

/**
 * The root of a container that has ended, to be read in `folder`.
 *
 * @throws Error where the engine has removed it, or keeps layers in another way than as folders
 */
export async function openEngineRoot(
  engine: EngineCommand,
  container: string,
  folder: string,
): Promise<OpenRoot> {
  const format = '{{json .GraphDriver.Data}}';
  const { stdout } = await runEngine(engine, ['container', 'inspect', '--format', format, container]);
  const { UpperDir, LowerDir } = (JSON.parse(stdout) ?? {}) as { UpperDir?: string; LowerDir?: string };
  if (UpperDir === undefined || LowerDir === undefined) throw new Error(unknownDriver);
  return openOverlay(folder, [UpperDir, LowerDir]);
}

/** Blocks of the files of an image's one layer. */
export async function imageBytes(engine: EngineCommand, image: string, fileOf = asNamed): Promise<number> {
  const args = ['image', 'inspect', '--format', '{{json .GraphDriver.Data}}', image];
  return upperBytes((await runEngine(engine, args)).stdout, fileOf);
}

/** The folder is named by the drivers that keep a layer as plain files (overlay2, overlay); others are not read. */
async function upperBytes(json: string, fileOf: (path: string) => string): Promise<number> {
  const { UpperDir } = (JSON.parse(json) ?? {}) as { UpperDir?: string };
  if (UpperDir === undefined) {
    throw new Error(unknownDriver);
  }
  return allocatedBelow(fileOf(UpperDir));
}

function asNamed(path: string): string {
  return path;
}
