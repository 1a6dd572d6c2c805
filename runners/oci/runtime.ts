/** An OCI runtime on this machine and its peculiarities. */
import { detectCgroupLayout } from '../machine/cgroup/cgroup-layout.ts';
import { run } from '../machine/command.ts';
import type { Unfit } from '../shared/prerequisites.ts';
import { findProgram } from '../machine/programs.ts';

export interface Runtime {
  program: string;
  /** For instance `runc 1.1.5`. */
  version: string;
  /**
   * Whether `run` can leave the container's cgroup and state until they are removed by hand. Without it the count of
   * out-of-memory kills goes away with the container on cgroup v1.
   */
  canKeep: boolean;
  /** Whether it makes pipes of its own for the output and copies what comes out of them. */
  copiesOutput: boolean;
  /** The v2 hierarchy that the runtime must not see, null when it may see everything. */
  hiddenHierarchy: string | null;
  /** Whether it is gVisor, where the workload's kernel is a program of its own. */
  isSandbox: boolean;
}

export async function findRuntime(name: string): Promise<Runtime | Unfit> {
  const program = await findProgram(name);
  if (program === null) {
    return { reason: `${name} is not installed`, remedy: `apt-get install ${name}` };
  }
  try {
    const version = parseVersion((await run(program, ['--version'])).stdout);
    const isSandbox = version.startsWith('runsc');
    // gVisor's ends a question for help with 128.
    const help = await run(program, ['run', '--help'], { accept: [0, 128] });
    return {
      program,
      version,
      canKeep: /^\s+--keep\b/m.test(help.stdout),
      copiesOutput: version.startsWith('runc '),
      hiddenHierarchy: await hierarchyToHide(version),
      isSandbox,
    };
  } catch (error) {
    return { reason: `${name} does not run: ${(error as Error).message}`, remedy: `reinstall ${name}` };
  }
}

/** What a person should know of its use here. */
export function notesOn({ version, hiddenHierarchy }: Runtime): string[] {
  if (hiddenHierarchy === null) return [];
  return [`${version} refuses a hybrid cgroup layout: it runs where ${hiddenHierarchy} is not mounted`];
}

/** "runc version 1.1.5+ds1" and "crun version 1.8.1" on the first line. */
export function parseVersion(text: string): string {
  return (text.split('\n')[0] ?? '').replace(' version ', ' ').trim();
}

/** crun refuses a machine that has the v2 hierarchy with controllers beside v1 ("hybrid mode not supported"). */
async function hierarchyToHide(version: string): Promise<string | null> {
  if (!version.startsWith('crun')) return null;
  const layout = await detectCgroupLayout();
  return layout.version === 1 ? layout.unified : null;
}
