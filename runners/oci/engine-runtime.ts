/** The runtime as an engine starts it: a program at a path, which takes the command line of runc. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assetFile } from '../machine/asset.ts';
import { requireProgram } from '../machine/programs.ts';
import type { Runtime } from './runtime.ts';
import { sandboxFlags, type SandboxOptions } from './sandbox.ts';

/**
 * gVisor's needs options, which no engine has a common way to hand on, and must not see what its engine does, so a script
 * stands for it.
 *
 * @param folder of the engine's own, which is removed with it
 * @returns absolute path of the program for the engine
 */
export async function engineRuntime(
  { program, isSandbox }: Pick<Runtime, 'program' | 'isSandbox'>,
  options: SandboxOptions,
  folder: string,
): Promise<string> {
  if (!isSandbox) return program;
  const file = join(folder, 'runsc');
  // `slave`: the sandbox keeps this namespace as long as it runs, and must not hold what is unmounted outside.
  const unshare = [await requireProgram('unshare'), '--mount', '--propagation', 'slave'];
  const script = ['sh', assetFile('runners/oci/engine-runtime.sh'), program, ...sandboxFlags(options)];
  const line = [...unshare, '--', ...script].map(quoted).join(' ');
  await writeFile(file, `#!/bin/sh\nexec ${line} "$@"\n`, { mode: 0o755 });
  return file;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
