/** Removes a file, or a folder with everything below. */
import { run } from './command.ts';

/**
 * By file descriptors, not by paths: a tree may be deeper than a path can be long, and nothing that takes a link's place
 * in the meantime is followed. Never crosses a mount point: what is behind one may be the machine's own. A path that is
 * not there is no error.
 */
export async function removeTree(path: string): Promise<void> {
  await run('rm', ['-rf', '--one-file-system', '--', path]);
}
