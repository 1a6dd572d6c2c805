/**
 * The cache folder and its mark. Whatever removes the cache removes only what Tare puts there, and only from a folder
 * that carries the mark, so that a wrong `--cache-dir` cannot cost anybody's files.
 */
import { mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { exitCodes, TareError } from './errors.ts';
import { closeToOthers, privateMode } from './private-folder.ts';
import { removeTree } from '../../runners/machine/remove-tree.ts';

/** Cache Directory Tagging Specification: backup programs leave such a folder out. */
const markFile = 'CACHEDIR.TAG';
const signature = 'Signature: 8a477f597d28d172789f06886806bc55';
const markText = `${signature}\n# Cache of tare: payloads, images and kernels. \`tare clean --all\` removes it.\n`;

/** What Tare keeps in its cache. */
const ownEntries: readonly string[] = [
  'payloads',
  'inputs',
  'oci',
  'bundles',
  'disks',
  'guests',
  'labs',
  'probes',
  'scratch',
];

/**
 * Makes the folder and its mark, and lets nobody else in.
 *
 * @throws TareError where the folder holds somebody else's files or belongs to another user
 */
export async function openCache(folder: string): Promise<void> {
  if (await isMarked(folder)) {
    await closeToOthers(folder);
    return;
  }
  const content = await readdir(folder).catch(emptyIfMissing);
  const foreign = content.filter((name) => !ownEntries.includes(name));
  if (foreign.length > 0) {
    throw new TareError(
      `${folder} cannot be the cache: it holds other things (${foreign.slice(0, 3).join(', ')}); ` +
        'choose an empty or new folder with --cache-dir',
      exitCodes.usage,
    );
  }
  await mkdir(folder, { recursive: true, mode: privateMode });
  await closeToOthers(folder);
  await writeFile(join(folder, markFile), markText);
}

/** Removes the cache. @returns whether there was one */
export async function removeCache(folder: string): Promise<boolean> {
  const content = await readdir(folder).catch(emptyIfMissing);
  if (content.length === 0) return false;
  if (!(await isMarked(folder))) {
    throw new TareError(
      `${folder} does not look like a cache of tare (${markFile} is missing); it was left alone`,
      exitCodes.failed,
    );
  }
  const mounted = await mountsBelow(folder);
  if (mounted.length > 0) {
    throw new TareError(`${mounted.join(', ')} is still mounted; the cache was left alone`, exitCodes.failed);
  }
  for (const name of ownEntries) await removeTree(join(folder, name));
  await rm(join(folder, markFile));
  // Something that is not ours keeps the folder.
  await rmdir(folder).catch(() => undefined);
  return true;
}

async function isMarked(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, markFile), 'utf8').catch(() => '');
  return text.startsWith(signature);
}

async function mountsBelow(folder: string): Promise<string[]> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  // Field 5 is the mount point, with spaces and the like as octal escapes (proc(5)).
  const points = lines.map((line) => unescape(line.split(' ')[4] ?? ''));
  return points.filter((point) => point.startsWith(folder + sep));
}

function unescape(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_whole, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}

function emptyIfMissing(error: unknown): string[] {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
  throw error;
}
