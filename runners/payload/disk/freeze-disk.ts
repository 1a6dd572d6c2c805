/**
 * mke2fs copies each file's change and access time from the source tree, which cannot be set there: the first is the
 * moment of the build, the second changes whenever something reads the tree. And the root folder gets a mode of its own,
 * whatever the tree's has. debugfs sets them in the image.
 */
import type { Stats } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { run } from '../../machine/command.ts';
import { withTemporary } from '../cache-entry.ts';
import { epochSeconds } from '../epoch.ts';
import { ImageError } from '../error.ts';

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

/** Inodes whose commands are written at once. */
const piece = 1000;

/** Sets every inode's times, and the superblock's, to the epoch, and the root's mode and owner to those of `root`. */
export async function freezeDisk(file: string, root: string, signal: AbortSignal): Promise<void> {
  const env = fixedTime;
  const { stdout } = await run('debugfs', ['-R', 'stats -h', file], { signal, env });
  // mke2fs hands inodes out in order, so those in use are the first ones.
  const last = field(stdout, 'Inode count') - field(stdout, 'Free inodes');
  const rootStat = await stat(root);
  await withTemporary(dirname(file), async (script) => {
    await writeFile(script, commands(rootStat, last));
    // It repeats every command, and that is of no use.
    const quiet = { signal, env, stdoutFile: '/dev/null' };
    const { stderr } = await run('debugfs', ['-w', '-f', script, file], quiet);
    const complaint = stderr.split('\n').find((line) => line !== '' && !line.startsWith('debugfs 1.'));
    if (complaint !== undefined) throw new ImageError(`debugfs: ${complaint}`, 'Please report this.');
  });
}

/** In pieces: a tree may have a hundred thousand files. */
function* commands({ mode, uid, gid }: Stats, lastInode: number): Generator<string> {
  // The current time comes first: debugfs writes it into the superblock when it closes.
  yield `set_current_time @${epochSeconds}\n`;
  yield `sif <${rootInode}> mode 0${mode.toString(8)}\n`;
  yield `sif <${rootInode}> uid ${uid}\nsif <${rootInode}> gid ${gid}\n${timesOf(rootInode)}`;
  for (let first = firstInode; first <= lastInode; first += piece) {
    let text = '';
    for (let inode = first; inode < first + piece && inode <= lastInode; inode += 1) text += timesOf(inode);
    yield text;
  }
}

function timesOf(inode: number): string {
  return ['ctime', 'atime', 'mtime'].map((time) => `sif <${inode}> ${time} @${epochSeconds}\n`).join('');
}

function field(stats: string, name: string): number {
  const value = new RegExp(`^${name}: +(\\d+)$`, 'm').exec(stats)?.[1];
  if (value === undefined) throw new ImageError(`debugfs does not tell "${name}"`, 'Please report this.');
  return Number(value);
}
