/** The options of a QEMU platform, complete. What each means to a user is in scenarios/schema/scenario-schema.ts. */

export interface QemuOptions {
  machine: 'q35' | 'pc' | 'microvm';
  guest: 'minimal' | 'full';
  /** How the full guest is started; the minimal one is loaded by QEMU itself. */
  firmware: 'seabios' | 'uefi';
  /** Debian release of the guest's kernel and, in the full guest, of its system. */
  suite: 'bookworm' | 'trixie';
  /** `snapshot`: continued from a snapshot that was taken when the workload was ready. */
  start: 'boot' | 'snapshot';
  accel: 'auto' | 'kvm' | 'tcg';
  /** Virtual CPUs; null: the CPU limit, rounded up. */
  vcpus: number | null;
  /** Guest RAM in huge pages that the machine has set aside. */
  hugePages: boolean;
  /** Whether the kernel may merge equal pages of guest RAM (KSM), where that runs. */
  merge: boolean;
  diskCache: DiskCache;
  /** The host's kernel moves the packets, instead of QEMU. */
  vhostNet: boolean;
  /** Files of the user's own for the minimal guest, absolute; null: Tare's. */
  kernel: string | null;
  initrd: string | null;
  disk: string | null;
  /** The guest tells of memory that it has freed, and the host takes it back. */
  freePageReporting: boolean;
}

export type BootFiles = Pick<QemuOptions, 'kernel' | 'initrd' | 'disk'>;

/** QEMU's cache modes of a disk. */
export type DiskCache = 'writeback' | 'none' | 'writethrough' | 'directsync' | 'unsafe';
