/** The full guest: a partitioned disk that firmware boots, a whole Debian on it, and the payload as its service. */
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkLaunch } from '../../shared/payload-launch.ts';
import { makeEntry } from '../../payload/cache-entry.ts';
import { diskOf, packDisk, type Disk } from '../../payload/disk/disk.ts';
import { ImageError } from '../../payload/error.ts';
import { assembleDisk } from '../../payload/disk/partitioned-disk.ts';
import type { Payload } from '../../payload/payload.ts';
import type { Launch } from '../../runner.ts';
import type { GuestKitContext } from '../guest/guest-kit.ts';
import { guestWorkload } from '../guest/guest-launch.ts';
import type { Guest } from '../guest/guest.ts';
import { imageFigures } from '../guest/image-figures.ts';
import { settingsArchive } from './settings.ts';
import type { QemuOptions } from '../options.ts';
import { fullSystem, type FullSystem } from './system.ts';
import { findUefi, type UefiFirmware } from './uefi.ts';

/** Discoverable Partitions Specification. */
const partitionTypes = {
  boot: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
  system: '4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709',
  payload: '0FC63DAF-8483-4772-8E79-3D69D8477DE4',
};

/** Throws an ImageError when the payload lacks what the launch needs, or when system or disk cannot be made. */
export async function fullGuest(
  payload: Payload,
  launch: Launch,
  { firmware, suite }: Pick<QemuOptions, 'firmware' | 'suite'>,
  context: GuestKitContext,
): Promise<Guest> {
  const user = await checkLaunch(payload.root, launch);
  const uefi = firmware === 'uefi' ? await installedUefi() : null;
  const system = await fullSystem(suite, context);
  const disk = await fullDisk(payload, system, context);
  const shared = await guestWorkload(launch, user);
  const outlined = uefi === null ? null : { codeFile: 'FIRMWARE', variablesFile: 'VARIABLES' };
  return {
    disk,
    kernelFile: null,
    own: {},
    details: {
      guestKernel: system.kernelRelease,
      guestSystem: system.digest,
      firmware,
      bootLoader: firmware === 'uefi' ? 'systemd-boot' : 'SYSLINUX',
      diskFormat: 'qcow2 over raw; GPT: FAT32 boot, ext4 system, ext4 payload',
    },
    outline: { boot: { by: 'firmware', uefi: outlined }, settingsFile: 'SETTINGS' },
    async equip(identity, folder) {
      const settingsFile = join(folder, 'settings.cpio');
      await writeFile(settingsFile, settingsArchive({ ...shared, ...identity }));
      if (uefi === null) return { boot: { by: 'firmware', uefi }, settingsFile };
      const variablesFile = join(folder, 'uefi-variables');
      await copyFile(uefi.variablesFile, variablesFile);
      return { boot: { by: 'firmware', uefi: { codeFile: uefi.codeFile, variablesFile } }, settingsFile };
    },
    images: () => {
      const bytes = payload.bytes + system.bytes;
      const content = { bytes, words: 'the files of the payload, of the system and of its boot partition' };
      return imageFigures({ disk, content, beside: null }, context);
    },
  };
}

async function installedUefi(): Promise<UefiFirmware> {
  const uefi = await findUefi();
  if (uefi !== null) return uefi;
  throw new ImageError(
    'UEFI firmware for VMs is not installed',
    'Install it (Debian: apt-get install ovmf).',
  );
}

/** The system's partitions and the payload's, which is the minimal guest's disk byte for byte. */
async function fullDisk(payload: Payload, system: FullSystem, context: GuestKitContext): Promise<Disk> {
  const packed = await packDisk(payload, context);
  const [ofPayload, ofSystem] = [payload.digest, system.digest].map((digest) =>
    digest.replace('sha256:', ''),
  );
  const file = join(context.cache, 'disks', `full-${ofSystem?.slice(0, 32)}-${ofPayload?.slice(0, 32)}.raw`);
  await makeEntry(file, async (temporary) => {
    context.log.progress('putting the full disk together: a few seconds');
    const partitions = [
      { file: system.bootFile, type: partitionTypes.boot, name: 'boot', legacyBoot: true as const },
      { file: system.systemFile, type: partitionTypes.system, name: 'system' },
      { file: packed.file, type: partitionTypes.payload, name: 'payload' },
    ];
    await assembleDisk(temporary, partitions, system.bootProgramFile, context.signal);
  });
  return diskOf(file);
}
