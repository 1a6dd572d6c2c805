/** How the resident prober is started: in the run's network namespace, on its CPUs, and never longer than the harness. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { assetFile } from '../../runners/machine/asset.ts';
import type { ProberOptions } from './client.ts';

/** Each of the wrappers replaces itself by the next, so the channel and the process id stay. */
export function commandLine({ nsPath, traceName, cpus, isSteady }: ProberOptions): [string, ...string[]] {
  return [
    'nsenter',
    `--net=${nsPath}`,
    '--',
    // For tracefs, which it mounts where the machine has not.
    ...['unshare', '--mount', '--'],
    ...(cpus ? ['taskset', '-c', cpus.join(',')] : []),
    // Last, since a process may lose the setting when it changes its credentials.
    ...['setpriv', '--pdeathsig', 'KILL', '--'],
    ...[process.execPath, ...residentProgram(), traceName ?? '', ...(isSteady ? ['steady'] : [])],
  ];
}

/** As the build made it, and from its source in development, which tsx then loads. */
function residentProgram(): string[] {
  if (!import.meta.url.endsWith('.ts')) return [assetFile('dist/bench/prober/resident.js')];
  const loader = createRequire(import.meta.url).resolve('tsx');
  return ['--import', loader, fileURLToPath(new URL('./resident.ts', import.meta.url))];
}
