/** The full guest's boot partition: kernel, initramfs, and the configuration of one boot loader for each firmware. */
import { appendFile, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assetFile } from '../../machine/asset.ts';
import { makeBootPartition, type BootFile } from '../../payload/disk/boot-partition.ts';
import { firstSector } from '../../payload/disk/partitioned-disk.ts';
import { kernelParameters } from '../vm/arguments.ts';
import { cpioArchive } from '../guest/cpio.ts';
import { systemUuid } from './system-files.ts';

const partitionBytes = 96 << 20;

const options = `root=UUID=${systemUuid} ro ${kernelParameters}`;

/** For SYSLINUX, which the BIOS starts. */
export const syslinuxConfig = [
  'DEFAULT linux',
  'PROMPT 0',
  'LABEL linux',
  '  LINUX /vmlinuz',
  '  INITRD /initrd.img',
  `  APPEND ${options}`,
];

/** For systemd-boot, which UEFI starts. */
export const loaderConfig = ['timeout 0', 'default linux.conf'];
export const loaderEntry = ['title Linux', 'linux /vmlinuz', 'initrd /initrd.img', `options ${options}`];

/**
 * Makes the partition in the file `partition`.
 *
 * @param system Debian's files, from which kernel, initramfs and systemd-boot are taken
 * @param folder for the files in between
 */
export async function makeBootFiles(
  system: string,
  release: string,
  folder: string,
  partition: string,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(folder);
  const at = (name: string): string => join(folder, name);
  const text = (name: string, lines: readonly string[]): Promise<void> =>
    writeFile(at(name), lines.map((line) => `${line}\n`).join(''));
  await copyFile(join(system, `boot/vmlinuz-${release}`), at('vmlinuz'));
  // The kernel takes several archives, a compressed one last: behind it, it looks for more of that compression.
  await writeFile(at('initrd.img'), await earlyArchive());
  await appendFile(at('initrd.img'), await readFile(join(system, `boot/initrd.img-${release}`)));
  await copyFile(join(system, 'usr/lib/systemd/boot/efi/systemd-bootx64.efi'), at('BOOTX64.EFI'));
  await text('syslinux.cfg', syslinuxConfig);
  await text('loader.conf', loaderConfig);
  await text('linux.conf', loaderEntry);
  const file = (path: string): BootFile => ({ path, file: at(path.slice(path.lastIndexOf('/') + 1)) });
  const content = [
    'vmlinuz',
    'initrd.img',
    'syslinux/syslinux.cfg',
    'EFI/BOOT/BOOTX64.EFI',
    'loader/loader.conf',
    'loader/entries/linux.conf',
  ].map(file);
  const layout = { loaderFolder: 'syslinux', content, startSector: firstSector, bytes: partitionBytes };
  await makeBootPartition(partition, layout, signal);
}

/** What Debian's initramfs reads in at its beginning: every file in its conf/conf.d. */
async function earlyArchive(): Promise<Buffer> {
  const content = await readFile(assetFile('runners/qemu/full/early.sh'));
  return cpioArchive([
    { path: 'conf', type: 'folder', mode: 0o755 },
    { path: 'conf/conf.d', type: 'folder', mode: 0o755 },
    { path: 'conf/conf.d/tare', type: 'file', mode: 0o644, content },
  ]);
}
