/** The payload as a container of LXC, with LXC's own programs and a configuration of Tare's. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../machine/command.ts';
import { prepareFolderPlatform } from '../shared/folder-platform.ts';
import { fitnessHere } from '../shared/prerequisites.ts';
import { findProgram, requireProgram } from '../machine/programs.ts';
import type { Payload } from '../payload/payload.ts';
import { plainFacts } from '../platform-facts.ts';
import type { Fitness, PlatformSpec, PreparedPlatform, RunContext, Runner } from '../runner.ts';
import { seccompName } from '../shared/seccomp.ts';
import { createLxc, lockFolder } from './instance.ts';
import { writeSeccompProfile } from './seccomp.ts';

export type LxcOptions = Record<string, never>;

export const lxcRunner: Runner<LxcOptions> = { kind: 'container', probe: probeLxc, prepare: prepareLxc };

const programName = 'lxc-start';
/** The first in which a container's and its monitor's cgroups can be named apart. */
const leastMajor = 4;

async function probeLxc(): Promise<Fitness> {
  const program = await findProgram(programName);
  if (program === null) {
    const remedy = 'apt-get install lxc';
    return { usable: false, version: null, reason: `${programName} is not installed`, remedy };
  }
  const version = await versionOf(program);
  if (Number.parseInt(version) < leastMajor) {
    const reason = `LXC ${version} cannot place cgroups as Tare needs it (that came with ${leastMajor}.0)`;
    return { usable: false, version: `LXC ${version}`, reason, remedy: 'use a newer distribution' };
  }
  return fitnessHere(`LXC ${version}`);
}

async function prepareLxc(
  payload: Payload,
  platform: PlatformSpec<LxcOptions>,
  context: RunContext,
): Promise<PreparedPlatform> {
  const program = await requireProgram(programName);
  await mkdir(lockFolder, { recursive: true });
  const seccomp = await writeSeccompProfile(
    join(context.folders.runtime, `${platform.id}.seccomp`),
    platform.launch.box.seccomp,
  );
  return prepareFolderPlatform(payload, platform, context, {
    version: `LXC ${await versionOf(program)}`,
    compared: { ...plainFacts, seccomp: await seccompName(platform.launch.box.seccomp) },
    create: (instance, setup) => createLxc(instance, { ...setup, program, seccomp }),
  });
}

/** "5.0.2" on the only line. */
async function versionOf(program: string): Promise<string> {
  return (await run(program, ['--version'])).stdout.trim();
}
