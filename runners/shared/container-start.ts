/** How a container begins whose own program would change what the workload is to find: with a program of Tare's. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Launch } from '../runner.ts';
import { capabilityNumbers } from './box.ts';
import { boxEnvironment, type LaunchUser } from './payload-launch.ts';
import { containerStartProgram, type ContainerStart } from './start-program.ts';

interface StartInput {
  /** Absolute path of the root file system. */
  root: string;
  /** An unused path inside, for the program. */
  path: string;
  launch: Launch;
  user: LaunchUser;
  /** What the container's program does otherwise than docker. */
  differs?: Partial<Pick<ContainerStart, 'first' | 'files' | 'output'>>;
}

/** A path in a root that no image can have a file at, since nobody knows it before. */
export function unusedPath(use: string): string {
  return `/.tare-${use}-${randomBytes(8).toString('hex')}`;
}

/**
 * Writes the program into a container's root. It takes away itself and what else is told to it; it becomes the
 * workload, with the user, the environment and the capabilities that the workload is to have and no others.
 */
export async function writeContainerStart({
  root,
  path,
  launch,
  user,
  differs = {},
}: StartInput): Promise<void> {
  const { first = [], files = [], output = null } = differs;
  const program = containerStartProgram({
    first,
    files: [path, ...files],
    output,
    capabilities: Object.values(capabilityNumbers),
    environment: boxEnvironment(launch, user),
    ...{ uid: user.uid, gid: user.gid, groups: user.groups },
    ...{ workdir: launch.workdir, command: launch.command },
  });
  await writeFile(join(root, path), program, { mode: 0o700, flag: 'wx' });
}
