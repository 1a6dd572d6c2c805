/** The payload as a container of LXC, with LXC's own programs and a configuration of Tare's. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../host/command.ts';
import { createNamespaceFolder } from '../host/mount-namespace.ts';
import { unmountBelow } from '../host/mounts.ts';
import { checkLaunch } from '../host/payload-launch.ts';
import { whyUnfit } from '../host/prerequisites.ts';
import { findProgram, requireProgram } from '../host/programs.ts';
import { folderFigures } from '../images/folder-figures.ts';
import type { Payload } from '../images/payload.ts';
import type { Fitness, PlatformSpec, PreparedPlatform, RunContext, Runner } from '../runner.ts';
import { createLxc, lockFolder } from './instance.ts';

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
  const unfit = await whyUnfit();
  if (unfit) return { usable: false, version: `LXC ${version}`, ...unfit };
  return { usable: true, version: `LXC ${version}`, accel: 'none', notes: [] };
}

async function prepareLxc(
  payload: Payload,
  platform: PlatformSpec<LxcOptions>,
  context: RunContext,
): Promise<PreparedPlatform> {
  const program = await requireProgram(programName);
  const user = await checkLaunch(payload.root, platform.launch);
  const folder = join(context.folders.runtime, platform.id);
  await createNamespaceFolder(join(folder, 'namespaces'));
  await mkdir(lockFolder, { recursive: true });
  const build = { cache: context.folders.cache, signal: context.signal, log: context.log };
  return {
    facts: {
      accel: 'none',
      guest: null,
      version: `LXC ${await versionOf(program)}`,
      network: 'bridge-veth',
      details: { root: 'overlayfs over the payload', seccomp: 'none' },
    },
    marks: ['spawned', 'exec'],
    create: (instance) => createLxc(instance, { payload, platform, context, user, program, folder }),
    images: () => folderFigures(payload, platform.launch, build),
    dispose: () => unmountBelow(folder),
  };
}

/** "5.0.2" on the only line. */
async function versionOf(program: string): Promise<string> {
  return (await run(program, ['--version'])).stdout.trim();
}
