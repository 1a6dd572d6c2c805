/**
 * Puts the layers of an image on top of each other, in one folder, by the library that engines use (containers/storage).
 * It works inside the folder as its root, so that no name and no link of a layer leads out of it.
 */
import { chmod, mkdir } from 'node:fs/promises';
import type { BuildContext } from '../build-payload.ts';
import { ImageError, isDiskFull } from '../error.ts';
import { PayloadMeter, type PayloadLimits } from '../limits.ts';
import type { SourceLayer } from '../source/source-image.ts';
import { ProgramError } from '../stream.ts';
import { scanArchive } from './archive-scan.ts';
import { digHoles } from './holes.ts';
import { applierProgram, blockedPath, clearWay } from './layer-program.ts';
import { readArchive } from './read-archive.ts';

/** A layer has to be read again for each file that was in its way. No builder makes one with more than a few. */
const maximumWays = 100;

/**
 * @param root is made
 * @throws ImageError that names the layer which is broken, or what the image has too much of
 */
export async function applyLayers(
  layers: readonly SourceLayer[],
  name: string,
  places: { root: string; limits: PayloadLimits },
  context: BuildContext,
): Promise<void> {
  const { root, limits } = places;
  await mkdir(root);
  // Not as the umask has it, should no layer say anything of it.
  await chmod(root, 0o755);
  const meter = new PayloadMeter(limits, `The image ${name}`);
  const sparse = new Set<string>();
  for (const [at, layer] of layers.entries()) {
    context.signal.throwIfAborted();
    context.log.progress(`unpacking layer ${at + 1} of ${layers.length}`);
    try {
      await applyLayer(layer, root, { meter, sparse }, context.signal);
    } catch (error) {
      throw explainLayer(error, `layer ${at + 1} of ${layers.length} (${layer.digest})`, name);
    }
  }
  await digHoles(root, sparse, context.signal);
}

interface Notes {
  meter: PayloadMeter;
  sparse: Set<string>;
}

/**
 * A file of a lower layer, or a link that leads nowhere, may stand where this one needs a folder: as in an overlay, it
 * gives way to the folder. The library stops there; what it unpacked until then, it unpacks once more.
 */
async function applyLayer(
  layer: SourceLayer,
  root: string,
  notes: Notes,
  signal: AbortSignal,
): Promise<void> {
  const cleared = new Set<string>();
  for (;;) {
    try {
      await unpack(layer, root, cleared.size === 0 ? notes : null, signal);
      return;
    } catch (error) {
      const path = error instanceof ProgramError ? blockedPath(error.stderr) : null;
      if (path === null || cleared.has(path) || cleared.size >= maximumWays) throw error;
      if (!(await clearWay(root, path))) throw error;
      cleared.add(path);
    }
  }
}

/** @param notes null: the layer has been counted */
async function unpack(
  layer: SourceLayer,
  root: string,
  notes: Notes | null,
  signal: AbortSignal,
): Promise<void> {
  const scan = scanArchive((member) => {
    notes?.meter.add(member.bytes);
    if (member.isSparse) notes?.sparse.add(member.name);
  });
  await readArchive(layer.file, applierProgram(root), scan, signal);
}

/** A full disk, a missing program and a limit stay what they are; everything else is the layer's fault. */
function explainLayer(error: unknown, layer: string, name: string): unknown {
  if (!(error instanceof ProgramError) || isDiskFull(error)) return error;
  const said = error.stderr.trim().split('\n').slice(0, 8).join('\n');
  return new ImageError(
    `The image ${name} is broken in ${layer}: ${inWords(said)}`,
    'Build it or fetch it again.',
    {
      cause: error,
    },
  );
}

/** What the library says of hard links and devices names no file. */
function inWords(said: string): string {
  if (said === '') return 'the program that unpacks it was ended';
  if (said === 'no such file or directory') return 'it has a hard link to a file that no layer has';
  return said;
}
