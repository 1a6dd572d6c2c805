/** The minimal guest: Debian's kernel, loaded by QEMU itself, a first program of ours, and the payload's disk. */
import { appendFile, copyFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkLaunch } from '../../shared/payload-launch.ts';
import { packDisk } from '../../payload/disk/disk.ts';
import type { Payload } from '../../payload/payload.ts';
import type { Launch } from '../../runner.ts';
import { guestKit, type GuestKitContext } from './guest-kit.ts';
import { guestWorkload, launchArchive } from './guest-launch.ts';
import type { Guest } from './guest.ts';
import { imageFigures } from './image-figures.ts';
import type { BootFiles, QemuOptions } from '../options.ts';
import { ownDigests, ownDisk, ownInitrd } from './own-boot-files.ts';

/** Throws an ImageError when the payload lacks what the launch needs, or when kernel or disk cannot be made. */
export async function minimalGuest(
  payload: Payload,
  launch: Launch,
  options: Pick<QemuOptions, 'machine' | 'suite' | 'freePageReporting'> & BootFiles,
  context: GuestKitContext,
): Promise<Guest> {
  const bus = options.machine === 'microvm' ? ('mmio' as const) : ('pci' as const);
  const [kit, disk, user, own] = await Promise.all([
    guestKit(options.suite, context),
    options.disk === null ? packDisk(payload, context) : ownDisk(options.disk, context),
    checkLaunch(payload.root, launch),
    ownDigests(options),
  ]);
  const kernelFile = options.kernel ?? kit.kernelFile;
  const overlaid = await ownInitrd(options, bus);
  const drivers = options.freePageReporting ? (`${bus}-balloon` as const) : bus;
  const shared = { drivers, ...(await guestWorkload(launch, user)) };
  return {
    disk,
    kernelFile,
    own,
    details: {
      guestKernel: options.kernel === null ? kit.kernelRelease : "the scenario's own",
      guestKernelAndInitrd: kit.digest,
      diskFormat: `qcow2 over ${disk.format} ext4`,
    },
    outline: { boot: { by: 'kernel', kernelFile: 'KERNEL', initrdFile: 'INITRD' }, settingsFile: null },
    async equip(identity, folder) {
      const initrdFile = join(folder, 'initrd');
      const isVirtio = identity.hardware === 'virtio';
      const used = isVirtio ? { ...kit, kernelFile } : await guestKit(options.suite, context, 'generic');
      await copyFile(used.initrdFile, initrdFile);
      await appendFile(initrdFile, Buffer.concat([overlaid, launchArchive({ ...shared, ...identity })]));
      return { boot: { by: 'kernel', kernelFile: used.kernelFile, initrdFile }, settingsFile: null };
    },
    async images() {
      const content =
        options.disk === null
          ? { bytes: payload.bytes, words: "the payload's files" }
          : { bytes: disk.allocatedBytes, words: "the scenario's own disk, without its holes" };
      const kernelBytes = (await stat(kernelFile)).size;
      const initrdBytes = kit.initrdBytes + overlaid.length;
      const beside = { bytes: kernelBytes + initrdBytes, words: 'the kernel and the initrd' };
      return imageFigures({ disk, content, beside }, context);
    },
  };
}
