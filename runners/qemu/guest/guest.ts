/** What a VM boots and the payload lives in: the one interface of the minimal and of the full guest. */
import type { Disk } from '../../payload/disk/disk.ts';
import type { PlatformFacts } from '../../platform-facts.ts';
import type { ImageFigure } from '../../runner.ts';
import type { VmSpec } from '../vm/arguments.ts';
import type { GuestLaunch } from './guest-launch.ts';
import type { OwnDigests } from './own-boot-files.ts';

export interface Guest {
  /** What all instances' disks are layers over. */
  readonly disk: Disk;
  /** Kernel that QEMU loads by itself; null: firmware finds it on the disk. */
  readonly kernelFile: string | null;
  /** Of what is the user's own in it. */
  readonly own: OwnDigests;
  /** What the record says of it. */
  readonly details: PlatformFacts['details'];
  /** Its equipment with names instead of paths, for the command line in the record. */
  readonly outline: Equipment;
  /** Writes into the instance's own folder what it needs beside its disk. */
  equip(identity: Identity, folder: string): Promise<Equipment>;
  images(): Promise<ImageFigure[]>;
}

/** What differs from instance to instance. */
export type Identity = Pick<GuestLaunch, 'address' | 'prefixLength' | 'outputEnd' | 'hardware'>;

export type Equipment = Pick<VmSpec, 'boot' | 'settingsFile'>;
