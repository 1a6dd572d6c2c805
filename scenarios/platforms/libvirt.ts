import { z } from 'zod';
import { accelChoices } from '../schema/allowed-words.ts';
import { wholeNumber } from '../schema/fields.ts';
import { definePlatform } from './platform.ts';
import { guestProblem, guestSuite } from './qemu.ts';

export const libvirtPlatform = definePlatform({
  description: "A QEMU virtual machine with a minimal guest, started by a libvirt of the run's own.",
  fields: {
    machine: z.enum(['q35', 'pc']).prefault('q35').describe('Machine type of QEMU.'),
    suite: guestSuite.describe("Debian release of the guest's kernel. The payload stays what it is."),
    accel: z
      .enum(accelChoices)
      .prefault('auto')
      .describe('`auto`: KVM where a probe boot proves that it works, else TCG.'),
    vcpus: wholeNumber(1, 255)
      .optional()
      .describe('Virtual CPUs; without it the CPU limit rounded up. The limit holds whatever their number.'),
  },
  short: {
    libvirt: {
      description: 'a virtual machine: the one of vm, started by libvirt',
      options: {},
    },
  },
  resolve: ({ machine, suite, accel, vcpus }) => ({ machine, suite, accel, vcpus: vcpus ?? null }),
  limitProblem: (_, limits) => guestProblem('minimal', limits),
  withAccel: (options, accel) => ({ ...options, accel }),
});
