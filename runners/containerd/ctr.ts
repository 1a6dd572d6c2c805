/** containerd's own command line, for an engine of the run's. */
import { containerdSocket } from '../container-engine/containerd.ts';
import type { EngineCommand } from '../container-engine/command.ts';
import { runEngine } from '../container-engine/command.ts';
import { run } from '../machine/command.ts';
import { findProgram, missingPrograms, systemPath } from '../machine/programs.ts';
import { findRuntime, type Runtime } from '../oci/runtime.ts';
import type { SandboxOptions } from '../oci/sandbox.ts';
import type { Unfit } from '../shared/prerequisites.ts';

/** The sandbox's are for gVisor's runtime alone. */
export interface ContainerdOptions extends SandboxOptions {
  /** OCI runtime, by its name on the PATH. */
  runtime: string;
}

export interface FoundContainerd {
  /** Path of `ctr`. */
  program: string;
  /** For instance `containerd 1.6.20~ds1`. */
  version: string;
  runtime: Runtime;
}

const answerTimeoutMs = 10_000;

export async function findContainerd(options: ContainerdOptions): Promise<FoundContainerd | Unfit> {
  const missing = await missingPrograms(['containerd', 'ctr', 'containerd-shim-runc-v2']);
  const program = await findProgram('ctr');
  if (missing.length > 0 || program === null) {
    return { reason: `not installed: ${missing.join(', ')}`, remedy: 'apt-get install containerd' };
  }
  const runtime = await findRuntime(options.runtime);
  if ('reason' in runtime) return runtime;
  const { stdout } = await run('containerd', ['--version']);
  return { program, version: `containerd ${versionIn(stdout)}`, runtime };
}

/** @param text such as `containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+b1` */
function versionIn(text: string): string {
  return text.trim().split(/\s+/)[2] ?? 'unknown';
}

export function ctrCommand(program: string, sockets: string): EngineCommand {
  const args = ['--address', containerdSocket(sockets), '--namespace', 'tare'];
  return { enter: [], program, args, env: { PATH: systemPath } };
}

export function ctrAnswers(engine: EngineCommand): Promise<boolean> {
  return runEngine(engine, ['version'], { timeoutMs: answerTimeoutMs }).then(
    () => true,
    () => false,
  );
}
