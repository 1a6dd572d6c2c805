/** A copy-on-write layer over a read-only root: overlayfs. */
import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../command.ts';
import type { OpenRoot } from '../open-root.ts';
import { unmount } from './mounts.ts';
import { allocatedBelow } from '../tree-size.ts';
import { removeTree } from '../remove-tree.ts';

export interface Layer {
  /** The root as the instance sees and changes it. */
  merged: string;
  /** Bytes allocated on disk for what the instance has changed. */
  allocatedBytes(): Promise<number>;
  /** Copies what the instance has changed into an empty folder. */
  copyTo(folder: string): Promise<void>;
  /** The root as the instance has left it, to be read. */
  open(): Promise<OpenRoot>;
  dispose(): Promise<void>;
}

/** One that whoever uses it mounts, where nobody else sees it. */
export interface UnmountedLayer extends Layer {
  /** For `mount -t overlay -o`. */
  mountOptions: string;
}

/**
 * Mounts a layer in `folder`, which must lie in a folder that the run has leased: the lease of a folder covers the
 * mounts below it.
 */
export async function createLayer(folder: string, lower: string, from?: string): Promise<Layer> {
  const layer = await prepareLayer(folder, lower, from);
  await run('mount', ['-t', 'overlay', '-o', layer.mountOptions, 'overlay', layer.merged]);
  return {
    ...layer,
    async dispose() {
      await unmount(layer.merged);
      await layer.dispose();
    },
  };
}

/**
 * The folders of a layer in `folder`. The layer honours fsync like any file system (no `volatile`), since a workload that
 * syncs would otherwise look better here than in a VM.
 *
 * @param from folder with what another layer had (`copyTo`); absent: it is empty
 */
export async function prepareLayer(folder: string, lower: string, from?: string): Promise<UnmountedLayer> {
  const [upper, work, merged] = [join(folder, 'upper'), join(folder, 'work'), join(folder, 'merged')];
  for (const path of [lower, upper, work]) checkPath(path);
  for (const path of [upper, work, merged]) await mkdir(path, { recursive: true });
  // The upper folder lends its owner and mode to the merged root.
  const { mode, uid, gid } = await stat(lower);
  await chmod(upper, mode & 0o7777);
  await chown(upper, uid, gid);
  if (from !== undefined) await copyTree(from, upper);
  return {
    merged,
    mountOptions: `lowerdir=${lower},upperdir=${upper},workdir=${work}`,
    allocatedBytes: () => allocatedBelow(upper),
    copyTo: (to) => copyTree(upper, to),
    open: () => openOverlay(join(folder, 'read'), [upper, lower]),
    dispose: () => removeTree(folder),
  };
}

/** Several folders as one, to be read; the first lies on top. `folder` must lie in a folder that the run has leased. */
export async function openOverlay(folder: string, layers: readonly string[]): Promise<OpenRoot> {
  await mkdir(folder, { recursive: true });
  await run('mount', ['-t', 'overlay', '-o', `ro,lowerdir=${layers.join(':')}`, 'overlay', folder]);
  return { folder, close: () => unmount(folder) };
}

/** With owners, modes, and the marks by which overlayfs knows what was deleted. */
async function copyTree(from: string, to: string): Promise<void> {
  await run('cp', ['--archive', '--no-target-directory', '--', from, to]);
}

function checkPath(path: string): void {
  if (/[,:\\]/.test(path)) {
    throw new Error(
      `${path}: overlayfs cannot use a path with a comma, a colon or a backslash; choose another folder`,
    );
  }
}
