/** What a runner says of a prepared platform, for the record and for the fairness check. */
import type { Accel } from './kinds.ts';

/** What the record says of a platform beyond its options. */
export interface PlatformFacts {
  accel: Accel;
  /** `minimal` or `full` for a VM, null otherwise. */
  guest: 'minimal' | 'full' | null;
  /** Version of the runtime or VMM. */
  version: string;
  /** Class of the network: `bridge-veth`, `bridge-tap` … */
  network: string;
  compared: ComparedFacts;
  /** Anything else worth keeping: kernel, machine type, command line. Plain JSON. */
  details: Record<string, string | number | boolean | null>;
}

/** What the fairness check holds platforms against; a runner says all of it of its boxes. */
export interface ComparedFacts {
  /** What the root file system is made of, an engine's storage driver for instance. Null: a guest's own disk. */
  root: string | null;
  /** The filter of system calls around the workload; null: the box has none. */
  seccomp: string | null;
  /** What answers its system calls in the place of the kernel; null: nothing does. */
  sandbox: string | null;
  /** Who its root is on the machine; null: root, or nobody there. */
  userNamespace: string | null;
  /** On which way the output gets into the log; null: a pipe, or a VM's port. */
  logging: string | null;
  /** Who may open the workload's own output again by its path; null: every user. */
  outputAccess: string | null;
  /** Of a virtual machine; null otherwise. */
  machine: MachineFacts | null;
}

export interface MachineFacts {
  start: 'boot' | 'snapshot';
  /** QEMU's cache mode. */
  diskCache: string;
  hugePages: boolean;
  /** Whether the host may merge its pages with equal ones. */
  mergeable: boolean;
  vhostNet: boolean;
  /** Digests of what the user boots in place of Tare's own. */
  ownKernel?: string;
  ownInitrd?: string;
  ownDisk?: string;
}

/** Of a box that differs from a bare process in nothing that is compared. */
export const plainFacts: ComparedFacts = {
  root: 'overlayfs over the payload',
  seccomp: null,
  sandbox: null,
  userNamespace: null,
  logging: null,
  outputAccess: null,
  machine: null,
};
