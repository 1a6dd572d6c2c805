/** The start of an instance's main program: a short chain of execs that stays one process. */
import { readFile, realpath } from 'node:fs/promises';
import { assetFile } from './asset.ts';
import { requireProgram } from './programs.ts';

export interface OpenFileLimit {
  soft: number;
  hard: number;
}

/** What the kernel gives to init, and so to everything in a VM; the same for all platforms. */
const kernelDefault: OpenFileLimit = { soft: 1024, hard: 4096 };

/** The limit of open files that instances get, lower where this process may not hand out as many. */
export async function openFileLimit(): Promise<OpenFileLimit> {
  const match = /^Max open files\s+\S+\s+(\d+)/m.exec(await readFile('/proc/self/limits', 'utf8'));
  const own = match ? Number(match[1]) : Infinity;
  return { soft: Math.min(kernelDefault.soft, own), hard: Math.min(kernelDefault.hard, own) };
}

export interface Launcher {
  program: string;
  args: string[];
}

/**
 * @returns the beginning of a command line that joins the cgroups and then becomes what follows it
 */
export async function createLauncher(joinFiles: readonly string[]): Promise<Launcher> {
  const limit = await openFileLimit();
  return {
    // By its real name: the tracer takes an execution of the workload's command for its start, and that may be /bin/sh.
    program: await realpath(await requireProgram('sh')),
    args: [assetFile('runners/host/launch.sh'), String(limit.soft), String(limit.hard), ...joinFiles, '--'],
  };
}
