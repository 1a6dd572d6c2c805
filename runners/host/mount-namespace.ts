/** A mount namespace that outlives the command which made it, held by a file. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { run } from './command.ts';
import { unmount } from './mounts.ts';

export interface MountNamespace {
  /** Its path, for setns. */
  path: string;
  dispose(): Promise<void>;
}

/**
 * Makes a folder that mount namespaces can be held in: the kernel binds one only to a mount that is not shared, since
 * a namespace's copy of itself would never end. The folder must be leased.
 */
export async function createNamespaceFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await run('mount', ['--bind', '--make-private', folder, folder]);
}

/** Runs `program` in a new mount namespace and keeps it, with the mounts that the program left. */
export async function createMountNamespace(
  path: string,
  program: string,
  args: readonly string[],
): Promise<MountNamespace> {
  await writeFile(path, '');
  const dispose = async (): Promise<void> => {
    await unmount(path);
    await rm(path, { force: true });
  };
  try {
    // `slave`: what is mounted in here is not seen outside, but what is unmounted outside goes here, too.
    await run('unshare', [`--mount=${path}`, '--propagation', 'slave', program, ...args]);
  } catch (error) {
    await dispose().catch(() => undefined);
    throw error;
  }
  return { path, dispose };
}
