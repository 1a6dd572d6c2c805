/** Removes a file, or a folder with everything below. */
import { rm } from 'node:fs/promises';
import { run } from './command.ts';

/**
 * By file descriptors, not by paths: a tree may be deeper than a path can be long, and nothing that takes a link's place
 * in the meantime is followed. Never crosses a mount point: what is behind one may be the machine's own. A path that is
 * not there is no error.
 */
export async function removeTree(path: string): Promise<void> {
  await run('rm', ['-rf', '--one-file-system', '--', path]);
}

/**
 * The same for a small folder with nothing in it but what Tare or a runtime wrote: no mount, no workload's files. Without a
 * program of its own, whose start takes longer than the removal.
 */
export async function removeOwnFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}
