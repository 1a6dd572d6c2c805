/** What a platform may say of gVisor where a scenario names its OCI runtime. */
import { z } from 'zod';

export const gvisorFields = {
  platform: z
    .enum(['systrap', 'ptrace', 'kvm'])
    .optional()
    .describe("gVisor only: how it gets hold of the workload's system calls; without it runsc chooses."),
  network: z
    .enum(['sandbox', 'host'])
    .optional()
    .describe("gVisor only: whose network stack the workload uses, gVisor's own or the kernel's."),
};

type Written = z.output<z.ZodObject<typeof gvisorFields>>;

/** The options among what was written. */
export const gvisorOptions = ({ platform, network }: Written) => ({
  ...(platform && { platform }),
  ...(network && { network }),
});

/** Another runtime has none of them. */
export function refineGvisor(written: Written & { runtime: string }, context: z.RefinementCtx): void {
  if (written.runtime.startsWith('runsc')) return;
  for (const key of ['platform', 'network'] as const) {
    if (written[key] === undefined) continue;
    const message = 'only gVisor has it; expected runtime: runsc beside it';
    context.addIssue({ code: 'custom', path: [key], message });
  }
}
