/**
 * The program that applies a layer. skopeo, podman and buildah start themselves again under this name, with the layer as
 * input, whenever they unpack one into their storage: it changes its root to the folder first. Called directly, it does
 * the same without a storage, its mounts and a copy of every layer.
 */
import { lstat, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveInside } from '../inside.ts';
import { removeTree } from '../../machine/remove-tree.ts';
import type { ProgramSpec } from '../stream.ts';

export function applierProgram(root: string): ProgramSpec {
  return ['skopeo', [root], { argv0: 'storage-applyLayer', env: { OPT: '{}' } }];
}

/** What the program makes for its own use; it stays where a layer fails. */
const leftovers = /^temp-storage-extract/;

/** The path in the layer that something on its way kept from being made; null: another failure. */
export function blockedPath(stderr: string): string | null {
  const why = /(?:no such file or directory|not a directory|too many levels of symbolic links)$/;
  const said = stderr.trim();
  if (!why.test(said)) return null;
  return /^(?:open|mkdir|lstat|(?:sym)?link .*?) (\/.*): [a-z ]+$/s.exec(said)?.[1] ?? null;
}

/**
 * Makes the folder that a path needs, in the place of whatever stands there and is none.
 *
 * @returns whether there was something
 */
export async function clearWay(root: string, path: string): Promise<boolean> {
  for (const name of await readdir(root)) if (leftovers.test(name)) await removeTree(join(root, name));
  const parts = path.split('/').filter(Boolean).slice(0, -1);
  let isChanged = false;
  let at = root;
  for (const part of parts) {
    const place = join(at, part);
    const found = await lstat(place).catch(() => null);
    const real = found?.isSymbolicLink() === true ? await folderBehind(root, place) : place;
    const isFolder = real !== null && (await stat(real).catch(() => null))?.isDirectory() === true;
    if (!isFolder) {
      if (found !== null) await removeTree(place);
      await mkdir(place, { mode: 0o755 });
      isChanged = true;
    }
    at = isFolder ? real : place;
  }
  return isChanged;
}

/** Where a link leads inside the root; null: in a circle. */
async function folderBehind(root: string, link: string): Promise<string | null> {
  return resolveInside(root, link.slice(root.length)).catch(() => null);
}
