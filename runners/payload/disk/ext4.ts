/** A folder as an ext4 file system in a file, made without mounting anything. The same folder gives the same bytes. */
import { truncate, writeFile } from 'node:fs/promises';
import { run } from '../../machine/command.ts';
import { fixedTime, freezeDisk } from './freeze-disk.ts';
import { walk } from '../walk.ts';
import { readAttributes } from '../xattrs.ts';

const blockBytes = 4096;
const inodeBytes = 256;
const journalMiB = 16;
/** Room for the guest's writes: this share of the content, and no less than that many bytes unless more are asked for. */
const headroom = { share: 0.25, leastBytes: 64 << 20 };

/** Makes the sparse `file`, which must not exist. Throws a CommandError when a program fails. */
export async function makeExt4(
  root: string,
  file: string,
  uuid: string,
  signal: AbortSignal,
  leastSpareBytes = headroom.leastBytes,
): Promise<void> {
  const { bytes, inodes } = await layoutOf(root, leastSpareBytes, signal);
  await writeFile(file, '', { flag: 'wx' });
  await truncate(file, bytes);
  const extended = `hash_seed=${uuid},lazy_itable_init=0,lazy_journal_init=1,root_owner=0:0`;
  await run(
    'mke2fs',
    [
      '-q',
      ...['-t', 'ext4'],
      // Small disks would get blocks of 1 KiB, and with them another speed.
      ...['-b', String(blockBytes)],
      ...['-I', String(inodeBytes)],
      ...['-N', String(inodes)],
      ...['-J', `size=${journalMiB}`],
      // Nothing is kept back for root: the whole headroom is the guest's.
      ...['-m', '0'],
      ...['-U', uuid],
      ...['-E', extended],
      ...['-d', root],
      file,
    ],
    { signal, env: fixedTime },
  );
  await freezeDisk(file, root, signal);
}

/** Content in whole blocks, attributes, inodes and journal, and the headroom on top; whole MiB. */
async function layoutOf(
  root: string,
  leastSpareBytes: number,
  signal: AbortSignal,
): Promise<{ bytes: number; inodes: number }> {
  const attributes = await readAttributes(root, signal);
  const seen = new Set<bigint>();
  let entries = 0;
  let contentBytes = 0;
  try {
    for (const { path, stat } of walk(root)) {
      entries += 1;
      if (seen.has(stat.ino)) continue;
      if (stat.nlink > 1n) seen.add(stat.ino);
      contentBytes += Math.max(1, Math.ceil(Number(stat.size) / blockBytes)) * blockBytes;
      if (needsBlock(attributes.of(path))) contentBytes += blockBytes;
    }
  } finally {
    attributes.close();
  }
  const inodes = Math.ceil(entries * (1 + headroom.share)) + 4096;
  const spareBytes = Math.max(contentBytes * headroom.share, leastSpareBytes);
  const total = contentBytes + spareBytes + inodes * inodeBytes + (journalMiB << 20);
  return { bytes: Math.ceil(total / (1 << 20)) * (1 << 20), inodes };
}

/** What an inode has left for attributes, behind its 160 bytes of fields and a mark that there are some. */
const inodeRoom = inodeBytes - 160 - 4;

/** Whether a file's attributes, `name=0x…` each, take a block of their own: an entry of 16 bytes, and name and value. */
function needsBlock(attributes: readonly string[]): boolean {
  const inWords = (bytes: number): number => Math.ceil(bytes / 4) * 4;
  const taken = attributes.map((attribute) => {
    const equals = attribute.indexOf('=0x');
    const name = attribute.slice(attribute.indexOf('.') + 1, equals);
    return 16 + inWords(name.length) + inWords((attribute.length - equals - 3) / 2);
  });
  return taken.reduce((sum, bytes) => sum + bytes, 4) > inodeRoom;
}
