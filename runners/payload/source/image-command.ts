/** What an image says of its start, as every platform understands it. */
import { stat } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { IncompleteImageError } from '../error.ts';
import { resolveInside } from '../inside.ts';
import { defaultPath } from '../../shared/payload-launch.ts';
import type { SourceImageConfig } from '../payload.ts';

/** The image's environment, with the PATH that engines would add. */
export function imageEnvironment({ environment }: SourceImageConfig): Record<string, string> {
  return { PATH: defaultPath, ...environment };
}

/**
 * Entrypoint and command, with the program as an absolute path: platforms search no PATH.
 *
 * @param start what the program would be started with @throws IncompleteImageError where nothing can be started
 */
export async function imageCommand(
  { entrypoint, command }: SourceImageConfig,
  name: string,
  start: { root: string; path: string; workdir: string },
): Promise<string[]> {
  const [program = '', ...args] = [...entrypoint, ...command];
  if (program === '') {
    throw new IncompleteImageError(
      `The image ${name} has neither an entrypoint nor a command`,
      'State "command" in the workload.',
    );
  }
  const folders = program.includes('/') ? [start.workdir] : start.path.split(':');
  for (const folder of folders) {
    const path = program.startsWith('/') ? program : join('/', folder, program);
    const file = await stat(await resolveInside(start.root, path)).catch(() => null);
    if (file?.isFile() === true && (file.mode & 0o111) !== 0) return [path, ...args];
  }
  throw new IncompleteImageError(
    `The image ${name} would start ${program}, which is not a program in it (looked in ${folders.join(', ')})`,
    'State "command" in the workload.',
  );
}

/** The one TCP port that the image exposes. @throws IncompleteImageError where it is none or not the only one */
export function imagePort({ tcpPorts }: SourceImageConfig, name: string): number {
  const [port, ...others] = tcpPorts;
  if (port !== undefined && others.length === 0) return port;
  const found = port === undefined ? 'no TCP port' : `several TCP ports (${tcpPorts.join(', ')})`;
  throw new IncompleteImageError(`The image ${name} exposes ${found}`, 'State "port" in the workload.');
}

/** By its name, as `SIGQUIT`; engines take `QUIT` and numbers too. @throws IncompleteImageError for another system's */
export function imageStopSignal({ stopSignal }: SourceImageConfig, name: string): NodeJS.Signals {
  if (stopSignal === '') return 'SIGTERM';
  const found = Object.entries(constants.signals).find(
    ([signal, number]) =>
      signal === stopSignal || signal === `SIG${stopSignal}` || String(number) === stopSignal,
  );
  if (found) return found[0] as NodeJS.Signals;
  throw new IncompleteImageError(
    `The image ${name} wants to be stopped with ${stopSignal}, which not every platform can send`,
    'State "stop-signal" in the workload.',
  );
}
