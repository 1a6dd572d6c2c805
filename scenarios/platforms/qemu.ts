/** A QEMU virtual machine: its options, and what they ask of each other. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { ResolvedLimits } from '../resolved.ts';
import { formatSize } from '../schema/quantities.ts';
import { wholeNumber } from '../schema/fields.ts';
import {
  accelChoices,
  diskCaches,
  firmwares,
  guestKinds,
  guestSuites,
  machineTypes,
  startKinds,
} from '../schema/allowed-words.ts';
import { definePlatform } from './platform.ts';

/**
 * What does not start in less: a kernel with an initrd and the payload's command, and a whole system. With 72 MiB the
 * minimal guest's kernel panics, whatever is in the payload.
 */
const leastBytes = { minimal: 80 * 2 ** 20, full: 256 * 2 ** 20 };

/** Files of the user's that a guest starts from instead of Tare's own. */
const bootFileKeys = ['kernel', 'initrd', 'disk'] as const;

export const guestSuite = z.enum(guestSuites).prefault('bookworm');

const bootFile = z.string().min(1, 'expected a path').optional();

const fields = {
  machine: z.enum(machineTypes).prefault('q35').describe('Machine type of QEMU.'),
  guest: z
    .enum(guestKinds)
    .prefault('minimal')
    .describe(
      '`minimal`: kernel, a tiny init and the payload. `full`: a whole Debian that runs the payload as a service.',
    ),
  firmware: z
    .enum(firmwares)
    .prefault('seabios')
    .describe('What starts the full guest: SeaBIOS, or UEFI (OVMF). QEMU loads the minimal one itself.'),
  suite: guestSuite.describe(
    "Debian release of the guest's kernel and, with `guest: full`, of its whole system. The payload stays what it is.",
  ),
  accel: z
    .enum(accelChoices)
    .prefault('auto')
    .describe('`auto`: KVM where a probe boot proves that it works, else TCG.'),
  start: z
    .enum(startKinds)
    .prefault('boot')
    .describe(
      '`snapshot`: instances continue from a snapshot that is taken once, before any sample, when the workload is ready.',
    ),
  vcpus: wholeNumber(1, 255)
    .optional()
    .describe('Virtual CPUs; without it the CPU limit rounded up. The limit holds whatever their number.'),
  'huge-pages': z
    .boolean()
    .prefault(false)
    .describe('Guest RAM in huge pages of 2 MiB, which the machine must have set aside.'),
  ksm: z
    .boolean()
    .prefault(true)
    .describe('Whether the kernel may merge equal pages of guest RAM, where the machine has KSM running.'),
  'disk-cache': z.enum(diskCaches).prefault('writeback').describe("QEMU's cache mode of the disk."),
  'vhost-net': z
    .boolean()
    .prefault(false)
    .describe("The host's kernel moves the packets instead of QEMU; needs /dev/vhost-net."),
  'free-page-reporting': z
    .boolean()
    .prefault(false)
    .describe('The guest tells of memory that it has freed, and the host takes it back.'),
  kernel: bootFile.describe(
    'A kernel of your own for the minimal guest, relative to this file. Its drivers are built in, or in your initrd.',
  ),
  initrd: bootFile.describe(
    "An initrd of your own, relative to this file: its files are laid over those of Tare's own.",
  ),
  disk: bootFile.describe(
    "A disk of your own, relative to this file, in place of the payload's: ext4 without partitions, raw or qcow2.",
  ),
};

export const qemuPlatform = definePlatform({
  description: 'A QEMU virtual machine.',
  fields,
  short: {
    vm: {
      description: 'a virtual machine: QEMU, machine type q35, minimal guest',
      options: { machine: 'q35' },
    },
    'vm-pc': {
      description: 'a virtual machine: QEMU, machine type pc, minimal guest',
      options: { machine: 'pc' },
    },
    'vm-full': {
      description: 'a virtual machine: QEMU, machine type q35, a whole Debian started by SeaBIOS',
      options: { guest: 'full' },
    },
    'vm-full-uefi': {
      description: 'a virtual machine: QEMU, machine type q35, a whole Debian started by UEFI',
      options: { guest: 'full', firmware: 'uefi' },
    },
    'vm-clone': {
      description: 'a clone of a virtual machine, continued from a snapshot; minimal guest',
      options: { start: 'snapshot' },
    },
    microvm: {
      description: 'a virtual machine: QEMU, machine type microvm, minimal guest; needs KVM',
      options: { machine: 'microvm' },
    },
  },
  resolve(written, folder) {
    const { machine, guest, firmware, suite, start, accel } = written;
    const absolute = (path: string | undefined): string | null =>
      path === undefined ? null : resolve(folder, path);
    return {
      ...{ machine, guest, firmware, suite, start, accel },
      /** Null: the CPU limit, rounded up. */
      vcpus: written.vcpus ?? null,
      hugePages: written['huge-pages'],
      merge: written.ksm,
      diskCache: written['disk-cache'],
      vhostNet: written['vhost-net'],
      // The user's own files; null: Tare's.
      kernel: absolute(written.kernel),
      initrd: absolute(written.initrd),
      disk: absolute(written.disk),
      freePageReporting: written['free-page-reporting'],
    };
  },
  refine: guestFitsMachine,
  limitProblem: ({ guest }, limits) => guestProblem(guest, limits),
  missingFiles: (options) =>
    bootFileKeys.flatMap((key) => {
      const path = options[key];
      return path === null || existsSync(path) ? [] : [{ key, path }];
    }),
  withAccel: (options, accel) => ({ ...options, accel }),
});

/** Why a guest cannot start within these limits; null: it can. */
export function guestProblem(guest: keyof typeof leastBytes, { memoryBytes }: ResolvedLimits): string | null {
  if (memoryBytes >= leastBytes[guest]) return null;
  const [found, least] = [formatSize(memoryBytes), formatSize(leastBytes[guest])];
  const what = guest === 'full' ? 'a VM with a full guest' : 'a VM';
  return `${what} cannot start in ${found} of memory; expected at least ${least}`;
}

function guestFitsMachine(
  platform: {
    machine: string;
    guest: string;
    firmware: string;
    start: string;
    'huge-pages': boolean;
    'free-page-reporting': boolean;
  } & {
    [key in (typeof bootFileKeys)[number]]?: string | undefined;
  },
  context: z.RefinementCtx,
): void {
  const { machine, guest, firmware, start } = platform;
  if (start === 'snapshot' && (guest === 'full' || machine === 'microvm')) {
    const message = 'only the minimal guest on q35 or pc can be cloned; expected boot';
    context.addIssue({ code: 'custom', path: ['start'], message });
  }
  if (start === 'snapshot' && platform['huge-pages']) {
    const message = "clones share the pages of the snapshot's file, which are not huge; expected false";
    context.addIssue({ code: 'custom', path: ['huge-pages'], message });
  }
  if (start === 'snapshot' && platform['free-page-reporting']) {
    const message = "what a clone frees would come back as the snapshot's; expected false";
    context.addIssue({ code: 'custom', path: ['free-page-reporting'], message });
  }
  if (guest === 'full' && machine === 'microvm') {
    const message = 'microvm has no firmware that boots from a disk; expected q35 or pc for guest: full';
    context.addIssue({ code: 'custom', path: ['machine'], message });
  }
  for (const key of bootFileKeys) {
    if (guest === 'minimal' || platform[key] === undefined) continue;
    const message = 'the full guest has its own system on its own disk; expected guest: minimal beside it';
    context.addIssue({ code: 'custom', path: [key], message });
  }
  if (guest === 'minimal' && firmware === 'uefi') {
    const message = 'QEMU itself loads the minimal guest; expected guest: full beside firmware: uefi';
    context.addIssue({ code: 'custom', path: ['firmware'], message });
  }
}
