/** The machine of a run, as the record has it. */
import { z } from 'zod';

const kvm = z.strictObject({
  present: z.boolean().nullable(),
  usable: z.boolean().nullable(),
  backend: z.string().nullable().describe('Kernel module behind /dev/kvm, kvm_intel for instance.'),
  reason: z.string().describe('Why it is or is not usable.'),
});

export const host = z.strictObject({
  cpuModel: z
    .string()
    .describe('Like every other text here `unknown` where nobody knows it; numbers are null then.'),
  cpus: z.int().nullable(),
  memoryBytes: z.int().nullable(),
  kernel: z.string(),
  os: z.string(),
  virtualization: z.string().describe('What this machine itself runs on; `none` for bare metal.'),
  cgroupVersion: z.enum(['1', '2', 'hybrid', 'unknown']),
  swapBytes: z.int().nullable(),
  kvm,
  ksm: z.string(),
  thp: z.string(),
  governor: z.string(),
  clocksource: z.string(),
  name: z
    .string()
    .optional()
    .describe(
      'Name of the machine, by which `tare fleet merge` knows the runs of one host: TARE_HOST_NAME, or its host name.',
    ),
  labels: z
    .record(z.string(), z.string())
    .optional()
    .describe('What the operator says of the machine, such as its rack: TARE_HOST_LABELS.'),
  microcode: z.string().optional().describe('Revision of the CPU microcode.'),
  cores: z.int().nullable().optional().describe('Physical cores; `cpus` counts their threads.'),
  mitigations: z
    .string()
    .optional()
    .describe(
      'Digest of what the kernel does against CPU vulnerabilities; equal digests, equal mitigations.',
    ),
  nested: z.string().optional().describe('Whether KVM offers hardware virtualization to its guests.'),
  throttled: z
    .int()
    .nullable()
    .optional()
    .describe('How often the CPUs had been throttled for heat since boot, when the run began.'),
  noise: z
    .strictObject({
      loadAverage1: z.number().nullable(),
      cpuPressureAvg10: z.number().nullable(),
      stealPercent: z.number().nullable(),
    })
    .describe('How busy the machine was when the run began.'),
});
