/** A copy-on-write layer over a read-only root: overlayfs. */
import { chmod, chown, mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.ts';
import { unmount } from './mounts.ts';
import { allocatedBelow } from './tree-size.ts';

export interface Layer {
  /** The root as the instance sees and changes it. */
  merged: string;
  /** Bytes allocated on disk for what the instance has changed. */
  allocatedBytes(): Promise<number>;
  dispose(): Promise<void>;
}

/**
 * Mounts a layer in `folder`, which must lie in a folder that the run has leased: the lease of a folder covers the
 * mounts below it. The layer honours fsync like any file system (no `volatile`), since a workload that syncs would
 * otherwise look better here than in a VM.
 */
export async function createLayer(folder: string, lower: string): Promise<Layer> {
  const [upper, work, merged] = [join(folder, 'upper'), join(folder, 'work'), join(folder, 'merged')];
  for (const path of [lower, upper, work]) checkPath(path);
  for (const path of [upper, work, merged]) await mkdir(path, { recursive: true });
  // The upper folder lends its owner and mode to the merged root.
  const { mode, uid, gid } = await stat(lower);
  await chmod(upper, mode & 0o7777);
  await chown(upper, uid, gid);
  const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
  await run('mount', ['-t', 'overlay', '-o', options, 'overlay', merged]);
  return {
    merged,
    allocatedBytes: () => allocatedBelow(upper),
    async dispose() {
      await unmount(merged);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function checkPath(path: string): void {
  if (/[,:\\]/.test(path)) {
    throw new Error(
      `${path}: overlayfs cannot use a path with a comma, a colon or a backslash; choose another folder`,
    );
  }
}
