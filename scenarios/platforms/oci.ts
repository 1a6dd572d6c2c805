import { z } from 'zod';
import { runtimeName } from '../schema/fields.ts';
import { definePlatform } from './platform.ts';

export const ociPlatform = definePlatform({
  description: 'A container, started by an OCI runtime without an engine.',
  fields: {
    runtime: runtimeName('runc').describe('OCI runtime, by its name on the PATH.'),
    platform: z
      .enum(['systrap', 'ptrace', 'kvm'])
      .optional()
      .describe("gVisor only: how it gets hold of the workload's system calls; without it runsc chooses."),
    network: z
      .enum(['sandbox', 'host'])
      .optional()
      .describe("gVisor only: whose network stack the workload uses, gVisor's own or the kernel's."),
  },
  short: {
    runc: { description: 'a container, started by runc', options: { runtime: 'runc' } },
    crun: { description: 'a container, started by crun', options: { runtime: 'crun' } },
    gvisor: {
      description: "a container on gVisor's own kernel, started by runsc",
      options: { runtime: 'runsc' },
    },
  },
  resolve: ({ runtime, platform, network }) => ({
    runtime,
    ...(platform && { platform }),
    ...(network && { network }),
  }),
  refine: (written, context) => {
    if (written.runtime.startsWith('runsc')) return;
    for (const key of ['platform', 'network'] as const) {
      if (written[key] === undefined) continue;
      context.addIssue({ code: 'custom', path: [key], message: `only gVisor has it: runtime: runsc` });
    }
  },
});
