/** A launch, checked against the payload that it is to run in. */
import { stat } from 'node:fs/promises';
import { ImageError } from '../payload/error.ts';
import { resolveInside } from '../payload/inside.ts';
import { lookupUser, type PayloadUser } from '../payload/users.ts';
import type { Launch } from '../runner.ts';

/** The user by numbers, from the payload's own files. */
export type LaunchUser = PayloadUser;

/** What engines give a container whose image sets no PATH. */
export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Throws an ImageError when the payload lacks the user, the program or the working directory: some runtimes would
 * create the latter, and the platforms would differ.
 */
export async function checkLaunch(root: string, launch: Launch): Promise<LaunchUser> {
  const program = launch.command[0];
  if (program === undefined || !program.startsWith('/')) {
    throw new ImageError('The command has no absolute path', 'Begin it with a path inside the payload.');
  }
  const file = await stat(await resolveInside(root, program)).catch(() => null);
  if (!file?.isFile()) {
    throw new ImageError(`The payload has no program ${program}`, 'Correct the command, or add its package.');
  }
  const workdir = await stat(await resolveInside(root, launch.workdir)).catch(() => null);
  if (!workdir?.isDirectory()) {
    throw new ImageError(`The payload has no folder ${launch.workdir} to work in`, 'Correct workdir.');
  }
  return lookupUser(root, launch.user);
}

/** The whole environment: what docker adds where it is not declared, then the declared one. Nothing else may come to it. */
export function boxEnvironment({ environment, box }: Launch, user: LaunchUser): Record<string, string> {
  return { PATH: defaultPath, HOSTNAME: box.hostname, HOME: user.home, ...environment };
}
