/**
 * A FAT partition that both kinds of firmware boot from, made in a file without mounting it: SYSLINUX for the BIOS,
 * and whatever `content` has in EFI/BOOT for UEFI. The same content gives the same bytes: mtools takes the time from
 * SOURCE_DATE_EPOCH.
 */
import { truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { run } from '../../machine/command.ts';
import { epochSeconds } from '../epoch.ts';

export interface BootFile {
  /** Path in the partition, such as `EFI/BOOT/BOOTX64.EFI`. */
  path: string;
  /** File on this machine; its time of change is set to the epoch. */
  file: string;
}

export interface BootPartition {
  /** Folder in the partition that SYSLINUX and its configuration live in. */
  loaderFolder: string;
  content: readonly BootFile[];
  /** Where the partition will begin on its disk, in sectors of 512 bytes: its first sector must know. */
  startSector: number;
  bytes: number;
}

const volumeId = '7a7e0001';

/** Makes `file`, which must not exist. Throws a CommandError when a program fails. */
export async function makeBootPartition(
  file: string,
  { loaderFolder, content, startSector, bytes }: BootPartition,
  signal: AbortSignal,
): Promise<void> {
  // MTOOLSRC: a person's own settings for mtools must not matter.
  const env = { SOURCE_DATE_EPOCH: String(epochSeconds), TZ: 'UTC', LC_ALL: 'C', MTOOLSRC: '/dev/null' };
  const options = { signal, env };
  await writeFile(file, '', { flag: 'wx' });
  await truncate(file, bytes);
  const layout = ['-F', '32', '-h', String(startSector), '-n', 'BOOT'];
  // --invariant sets a volume id of its own, so ours comes after it.
  await run('mkfs.fat', [...layout, '--invariant', '-i', volumeId, file], options);
  const folders = [loaderFolder, ...content.map(({ path }) => dirname(path))].flatMap(withParents);
  await run('mmd', ['-i', file, ...[...new Set(folders)].map((folder) => `::/${folder}`)], options);
  for (const { path, file: source } of content) {
    await utimes(source, epochSeconds, epochSeconds);
    await run('mcopy', ['-m', '-i', file, source, `::/${path}`], options);
  }
  await run('syslinux', ['--install', '--directory', loaderFolder, file], options);
}

/** `a/b` gives `a`, `a/b`; the root of the partition (`.`) gives nothing. */
function withParents(folder: string): string[] {
  if (folder === '.') return [];
  return [...withParents(dirname(folder)), folder];
}
