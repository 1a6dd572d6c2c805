/** The files of a VM's disk, copied out of it to be read. Nothing is mounted, since that takes loop devices. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../machine/command.ts';
import type { OpenRoot } from '../../machine/open-root.ts';
import { removeTree } from '../../machine/remove-tree.ts';
import type { Disk } from './disk.ts';

/** Partitions with files that a guest changes, by their names; what firmware boots from is not read. */
const readPartitions = ['system', 'payload'];

/**
 * A disk without partitions is its root; of one with partitions each is a folder below it.
 *
 * @param folder must not exist, and lie in a folder that the run has leased
 */
export async function openDisk(disk: Pick<Disk, 'file' | 'format'>, folder: string): Promise<OpenRoot> {
  const [raw, root] = [join(folder, 'disk.raw'), join(folder, 'root')];
  await mkdir(root, { recursive: true });
  const close = (): Promise<void> => removeTree(folder);
  try {
    await run('qemu-img', ['convert', '-f', disk.format, '-O', 'raw', disk.file, raw]);
    const partitions = await partitionsOf(raw);
    if (partitions === null) await copyOut(raw, root);
    for (const { name, offset } of partitions ?? []) {
      if (!readPartitions.includes(name)) continue;
      await mkdir(join(root, name));
      await copyOut(`${raw}?offset=${offset}`, join(root, name));
    }
    return { folder: root, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The journal is played back first, as the next boot would do it. */
async function copyOut(fileSystem: string, folder: string): Promise<void> {
  await run('e2fsck', ['-E', 'journal_only', '-y', fileSystem], { accept: [0, 1, 2] });
  await run('debugfs', ['-R', `rdump / "${folder}"`, fileSystem]);
}

/** Null: it has no partition table. */
async function partitionsOf(raw: string): Promise<{ name: string; offset: number }[] | null> {
  const { code, stdout } = await run('sfdisk', ['--json', raw], { accept: [0, 1] });
  if (code !== 0) return null;
  const { partitiontable: table } = JSON.parse(stdout) as {
    partitiontable: { sectorsize: number; partitions?: { name?: string; start: number }[] };
  };
  return (table.partitions ?? []).map(({ name = '', start }) => ({ name, offset: start * table.sectorsize }));
}
