/** gVisor's runtime below an engine of the user's, which starts it as it was told by the user. */
import { run } from '../machine/command.ts';
import type { SandboxOptions } from '../oci/sandbox.ts';
import type { Unfit } from '../shared/prerequisites.ts';

/** What `docker info` says of a runtime: its program, or containerd's name for what starts it. */
export interface KnownRuntime {
  path?: string;
  runtimeArgs?: string[];
  /** For instance `io.containerd.runsc.v1`. */
  runtimeType?: string;
}

/** By its names: the program is the user's own to run. */
export function isUsersSandbox(name: string, { path = '', runtimeType = '' }: KnownRuntime): boolean {
  return [name, path.split('/').at(-1) ?? '', ...runtimeType.split('.')].some((each) =>
    each.startsWith('runsc'),
  );
}

const own = 'let Tare start an engine of its own: engine: own';

/** @returns why its containers cannot be what the platform asks for; null: nothing is known against them */
export async function whyNoUsersSandbox(
  { runtimeArgs = [] }: KnownRuntime,
  { platform, network }: SandboxOptions,
): Promise<Unfit | null> {
  if (platform !== undefined || network !== undefined) {
    return { reason: "the user's docker engine has gVisor's options itself", remedy: own };
  }
  if (runtimeArgs.some((each) => /^--?network=(host|none)$/.test(each)) || !(await looksLikeTheMachines()))
    return null;
  return {
    reason:
      "below the user's docker engine gVisor takes every network namespace for the machine's own, since Linux 6.18, and starts in none",
    remedy: own,
  };
}

/** Whether a new network namespace has the file by which gVisor knows the machine's own. */
async function looksLikeTheMachines(): Promise<boolean> {
  const look = ['--net', 'test', '-e', '/proc/sys/net/core/rmem_default'];
  return (await run('unshare', look, { accept: [0, 1] })).code === 0;
}
