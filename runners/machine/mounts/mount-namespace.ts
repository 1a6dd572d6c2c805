/** A mount namespace that outlives the command which made it, held by a file. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { CommandError, run } from '../command.ts';
import { allowedCpus } from '../cpu-list.ts';
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
    await unshare([`--mount=${path}`, '--propagation', 'slave', program, ...args]);
  } catch (error) {
    await dispose().catch(() => undefined);
    throw error;
  }
  return { path, dispose };
}

/** A mount namespace in which a folder of the machine is empty and in memory: what is left there goes with the namespace. */
export function createNamespaceWithEmpty(folder: string, path: string): Promise<MountNamespace> {
  return createMountNamespace(path, 'mount', ['-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', folder]);
}

/**
 * Linux holds a mount namespace by a file only if its number is above that of the one the file is in, so that none holds
 * itself. Since 6.18 each CPU counts on its own, and a new namespace may get a lower number than this process's, unless
 * that is the system's first. The CPU that made this process's is always ahead, so one of them succeeds.
 */
async function unshare(args: readonly string[]): Promise<void> {
  const options = { env: { LC_ALL: 'C' } };
  const refused = await run('unshare', args, options).then(() => null, toRefusal);
  if (refused === null) return;
  for (const cpu of await allowedCpus()) {
    const again = await run('taskset', ['--cpu-list', String(cpu), 'unshare', ...args], options).then(
      () => null,
      toRefusal,
    );
    if (again === null) return;
  }
  throw refused;
}

/** Any other failure is thrown. */
function toRefusal(error: unknown): CommandError {
  if (error instanceof CommandError && error.stderr.includes('Invalid argument')) return error;
  throw error;
}
