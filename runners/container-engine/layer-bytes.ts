/** What an image or a container takes on disk in an engine's own store. */
import { allocatedBelow } from '../machine/tree-size.ts';
import { runEngine, type EngineCommand } from './command.ts';

/** Blocks of the files that a container has changed; 0 for one that is not there. */
export async function layerBytes(engine: EngineCommand, container: string): Promise<number> {
  const format = '{{json .GraphDriver.Data}}';
  const args = ['container', 'inspect', '--format', format, container];
  const { code, stdout } = await runEngine(engine, args, { accept: [0, 1, 125] });
  return code === 0 ? upperBytes(stdout) : 0;
}

/** Blocks of the files of an image's one layer. */
export async function imageBytes(engine: EngineCommand, image: string): Promise<number> {
  const args = ['image', 'inspect', '--format', '{{json .GraphDriver.Data}}', image];
  return upperBytes((await runEngine(engine, args)).stdout);
}

/** The folder is named by the drivers that keep a layer as plain files (overlay2, overlay); others are not read. */
async function upperBytes(json: string): Promise<number> {
  const { UpperDir } = (JSON.parse(json) ?? {}) as { UpperDir?: string };
  if (UpperDir === undefined) {
    throw new Error('the engine keeps layers in a way that Tare cannot weigh; it knows overlay2 and overlay');
  }
  return allocatedBelow(UpperDir);
}
