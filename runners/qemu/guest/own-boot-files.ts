/** Kernel, initrd and disk of the user's own, which a minimal guest can be started from. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../machine/command.ts';
import { makeEntry } from '../../payload/cache-entry.ts';
import { diskOf, type Disk } from '../../payload/disk/disk.ts';
import { ImageError } from '../../payload/error.ts';
import { drain } from '../../payload/stream.ts';
import type { MachineFacts } from '../../platform-facts.ts';
import { cpioArchive } from './cpio.ts';
import type { GuestKitContext } from './guest-kit.ts';
import type { BootFiles } from '../options.ts';

export type OwnDigests = Pick<MachineFacts, 'ownKernel' | 'ownInitrd' | 'ownDisk'>;

/** Digests of what is the user's own, for the record. Throws an ImageError for a file that cannot be read. */
export async function ownDigests({ kernel, initrd, disk }: BootFiles): Promise<OwnDigests> {
  return {
    ...(kernel !== null && { ownKernel: await digestOf(kernel) }),
    ...(initrd !== null && { ownInitrd: await digestOf(initrd) }),
    ...(disk !== null && { ownDisk: await digestOf(disk) }),
  };
}

/**
 * What is laid over Tare's own initrd. Without an initrd of the user's nothing is loaded into a kernel of the user's: Tare's
 * modules are another kernel's.
 */
export async function ownInitrd({ kernel, initrd }: BootFiles, bus: 'pci' | 'mmio'): Promise<Buffer> {
  if (initrd === null) {
    if (kernel === null) return Buffer.alloc(0);
    const path = `modules/${bus}.list`;
    return cpioArchive([{ path, type: 'file', mode: 0o644, content: Buffer.alloc(0) }]);
  }
  const content = await readFile(initrd);
  // The kernel finds the next archive at a multiple of four bytes.
  return Buffer.concat([content, Buffer.alloc((4 - (content.length % 4)) % 4)]);
}

/** A copy in the cache: the user's file may change, and nothing is to be written beside it. */
export async function ownDisk(disk: string, context: GuestKitContext): Promise<Disk> {
  const { stdout } = await run('qemu-img', ['info', '--output=json', disk]);
  const found = JSON.parse(stdout) as { format: string; 'virtual-size': number; 'backing-filename'?: string };
  const { format } = found;
  if ((format !== 'raw' && format !== 'qcow2') || found['backing-filename'] !== undefined) {
    throw new ImageError(
      `${disk} is a disk of the format ${format}${found['backing-filename'] === undefined ? '' : ' that is a layer over another'}`,
      'Expected raw or qcow2 that stands alone: convert it with qemu-img convert -O qcow2.',
    );
  }
  const name = (await digestOf(disk)).replace('sha256:', '');
  const file = join(context.cache, 'disks', `own-${name}.${format}`);
  await makeEntry(file, async (temporary) => {
    context.log.progress('copying the disk: a few seconds');
    await run('cp', ['--sparse=always', '--reflink=auto', disk, temporary], { signal: context.signal });
  });
  return { ...(await diskOf(file)), virtualBytes: found['virtual-size'], format };
}

async function digestOf(file: string): Promise<string> {
  try {
    return (await drain(createReadStream(file), null)).digest;
  } catch (error) {
    throw new ImageError(`${file} cannot be read: ${String(error)}`, 'Expected a file.');
  }
}
