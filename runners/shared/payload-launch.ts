/** A launch, checked against the payload that it is to run in. */
import { stat } from 'node:fs/promises';
import { ImageError } from '../payload/error.ts';
import { resolveInside } from '../payload/inside.ts';
import { lookupUser } from '../payload/users.ts';
import type { Launch } from '../runner.ts';

/** Numbers of the user and of its primary group. Supplementary groups are given on no platform. */
export interface LaunchUser {
  uid: number;
  gid: number;
  /** From the payload's passwd file. */
  home: string;
}

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

/** Container runtimes add HOME where it is not declared; the same everywhere, lest the platforms differ. */
export function withHome(environment: Record<string, string>, user: LaunchUser): Record<string, string> {
  return { HOME: user.home, ...environment };
}
