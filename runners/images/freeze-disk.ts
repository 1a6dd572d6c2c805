/**
 * mke2fs copies each file's change and access time from the source tree, which cannot be set there: the first is the
 * moment of the build, the second changes whenever something reads the tree. debugfs sets them in the image.
 */
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { run } from '../host/command.ts';
import { withTemporary } from './cache-entry.ts';
import { epochSeconds } from './epoch.ts';
import { ImageError } from './error.ts';

/** The time at which e2fsprogs believes to run: SOURCE_DATE_EPOCH from 1.47.1 on, the other one before. */
export const fixedTime = {
  SOURCE_DATE_EPOCH: String(epochSeconds),
  E2FSPROGS_FAKE_TIME: String(epochSeconds),
  LC_ALL: 'C',
  TZ: 'UTC',
};

const rootInode = 2;
/** Inodes below belong to the file system itself; the first of these is lost+found. */
const firstInode = 11;

/** Sets every inode's times, and the superblock's, to the epoch. */
export async function freezeDisk(file: string, signal: AbortSignal): Promise<void> {
  const env = fixedTime;
  const { stdout } = await run('debugfs', ['-R', 'stats -h', file], { signal, env });
  const [count, free] = [field(stdout, 'Inode count'), field(stdout, 'Free inodes')];
  // mke2fs hands inodes out in order, so those in use are the first ones.
  const inodes = [rootInode];
  for (let inode = firstInode; inode <= count - free; inode += 1) inodes.push(inode);
  // The current time comes first: debugfs writes it into the superblock when it closes.
  const commands = [`set_current_time @${epochSeconds}`];
  for (const inode of inodes) {
    for (const time of ['ctime', 'atime', 'mtime']) commands.push(`sif <${inode}> ${time} @${epochSeconds}`);
  }
  await withTemporary(dirname(file), async (script) => {
    await writeFile(script, `${commands.join('\n')}\n`);
    const { stderr } = await run('debugfs', ['-w', '-f', script, file], { signal, env });
    const complaint = stderr.split('\n').find((line) => line !== '' && !line.startsWith('debugfs 1.'));
    if (complaint !== undefined) throw new ImageError(`debugfs: ${complaint}`, 'Please report this.');
  });
}

function field(stats: string, name: string): number {
  const value = new RegExp(`^${name}: +(\\d+)$`, 'm').exec(stats)?.[1];
  if (value === undefined) throw new ImageError(`debugfs does not tell "${name}"`, 'Please report this.');
  return Number(value);
}
