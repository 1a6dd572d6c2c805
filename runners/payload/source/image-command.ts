/** What an image says of its start, as every platform understands it. */
import { parseStopSignal, type StopSignal } from '../../../scenarios/stop-signal.ts';
import { IncompleteImageError } from '../error.ts';
import { findProgram } from '../find-program.ts';
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
  const { path, lookedIn } = await findProgram(program, start);
  if (path !== null) return [path, ...args];
  throw new IncompleteImageError(
    `The image ${name} would start ${program}, which is not a program in it (${lookedIn})`,
    'State "command" in the workload.',
  );
}

/** The one TCP port that the image exposes. @throws IncompleteImageError where it is none or not the only one */
export function imagePort({ tcpPorts }: SourceImageConfig, name: string): number {
  const [port, ...others] = tcpPorts;
  if (port !== undefined && others.length === 0) return port;
  const found = port === undefined ? 'no TCP port' : `several TCP ports (${inRanges(tcpPorts)})`;
  throw new IncompleteImageError(`The image ${name} exposes ${found}`, 'State "port" in the workload.');
}

/** `80, 9000-9002` of ascending numbers. */
function inRanges(ports: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const port of ports) {
    const range = ranges.at(-1);
    if (range?.[1] === port - 1) range[1] = port;
    else ranges.push([port, port]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
}

/** By its name, else by its number. @throws IncompleteImageError for one that Linux does not have */
export function imageStopSignal({ stopSignal }: SourceImageConfig, name: string): StopSignal {
  if (stopSignal === '') return 'SIGTERM';
  const found = parseStopSignal(stopSignal);
  if (found !== null) return found;
  throw new IncompleteImageError(
    `The image ${name} wants to be stopped with ${stopSignal}, which is no signal of Linux`,
    'State "stop-signal" in the workload.',
  );
}
