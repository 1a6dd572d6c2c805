/**
 * What is peculiar to gVisor, whose runtime (runsc) has the command line of runc: the workload runs on a kernel that is a
 * program (the sentry), and reaches its files through another (the gofer). Both are in the workload's cgroup.
 */
import { run } from '../machine/command.ts';
import type { ComparedFacts } from '../platform-facts.ts';
import type { Unfit } from '../shared/prerequisites.ts';
import type { Runtime } from './runtime.ts';

export interface SandboxOptions {
  /** How the sentry gets hold of the workload's system calls. Absent: the runtime's own choice. */
  platform?: 'systrap' | 'ptrace' | 'kvm';
  /** Whose network stack the workload uses: the sentry's own (if absent, too), or that of the machine's kernel. */
  network?: 'sandbox' | 'host';
}

const trialTimeoutMs = 20_000;

/** Options of the runtime, to be given before its command. */
export function sandboxFlags({ platform, network }: SandboxOptions): string[] {
  return [
    // Docker's set of capabilities has it; without the option it is taken from that.
    '--net-raw',
    // Newer ones keep what is written in a file of their own, which goes with the container: nothing would reach the layer.
    '--overlay2=none',
    ...(platform === undefined ? [] : [`--platform=${platform}`]),
    ...(network === undefined ? [] : [`--network=${network}`]),
  ];
}

/**
 * Runs a program in a sandbox: whether a kernel allows it is seen in no other way.
 *
 * @returns why it does not run here; null: it does, or the runtime makes none
 */
export async function whyNoSandbox(
  { program, isSandbox }: Runtime,
  options: SandboxOptions,
): Promise<Unfit | null> {
  if (!isSandbox) return null;
  const trial = [...sandboxFlags(options), '--network=none', 'do', '/bin/true'];
  const failed = await run(program, trial, { timeoutMs: trialTimeoutMs }).then(
    () => null,
    (error: unknown) => error as Error,
  );
  if (failed === null) return null;
  const { platform } = options;
  const reason = `gVisor does not run a program here: ${failed.message}`;
  return { reason, remedy: platform === undefined ? 'try platform: ptrace' : remedies[platform] };
}

const remedies = {
  systrap: "use platform: ptrace, or a newer runsc: Debian 13's has systrap, Debian 12's has not",
  ptrace: 'allow ptrace: kernel.yama.ptrace_scope below 3, and no filter of system calls around Tare',
  kvm: 'use platform: systrap or ptrace; kvm needs a usable /dev/kvm',
} as const;

/**
 * What the record says of it.
 *
 * @param root what the files are in that it gets; engines call overlayfs by the name of their driver
 */
export function sandboxFacts(
  { platform, network }: SandboxOptions,
  root: string,
): Pick<ComparedFacts, 'sandbox' | 'root' | 'seccomp'> {
  return {
    sandbox: `gVisor, platform ${platform ?? "of runsc's choice"}, network ${network ?? 'sandbox'}`,
    root: `gVisor's own file system over ${root.startsWith('overlay') ? 'overlayfs' : root}`,
    seccomp: "none in the sandbox: gVisor's kernel answers, and is itself filtered",
  };
}

/** @param network class of the network that it stands in */
export function sandboxNetwork({ network: whose }: SandboxOptions, network: string): string {
  return whose === 'host' ? network : `${network} and gVisor's own stack`;
}
