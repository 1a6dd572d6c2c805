/** What a tree takes on disk. */
import { lstat } from 'node:fs/promises';
import { run } from './command.ts';

/**
 * Bytes of the blocks of everything below a folder, the folder itself not counted, hard links once. Counted by du, which
 * goes by file descriptors: a workload can make folders deeper than a path can be long.
 */
export async function allocatedBelow(folder: string): Promise<number> {
  const { blocks } = await lstat(folder);
  // 1: something went away while it was counted; the sum is of what is there.
  const { stdout } = await run('du', ['--summarize', '--block-size=1', '--', folder], { accept: [0, 1] });
  return Math.max(0, Number.parseInt(stdout, 10) - blocks * 512);
}
