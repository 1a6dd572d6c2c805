/** The payload as a container of systemd-nspawn, which has no image format of its own: it runs a folder. */
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
import { createNspawn, stateFolder } from './instance.ts';

export type NspawnOptions = Record<string, never>;

export const nspawnRunner: Runner<NspawnOptions> = {
  kind: 'container',
  probe: probeNspawn,
  prepare: prepareNspawn,
};

const programName = 'systemd-nspawn';
/** The first that takes an OCI bundle. */
const leastVersion = 242;

async function probeNspawn(): Promise<Fitness> {
  const program = await findProgram(programName);
  if (program === null) {
    const remedy = 'apt-get install systemd-container';
    return { usable: false, version: null, reason: `${programName} is not installed`, remedy };
  }
  const version = await versionOf(program);
  if (version.number < leastVersion) {
    const reason = `${version.text} cannot run an OCI bundle (that came with ${leastVersion})`;
    return { usable: false, version: version.text, reason, remedy: 'use a newer distribution' };
  }
  const unfit = await whyUnfit();
  if (unfit) return { usable: false, version: version.text, ...unfit };
  return { usable: true, version: version.text, accel: 'none', notes: [] };
}

async function prepareNspawn(
  payload: Payload,
  platform: PlatformSpec<NspawnOptions>,
  context: RunContext,
): Promise<PreparedPlatform> {
  const program = await requireProgram(programName);
  const user = await checkLaunch(payload.root, platform.launch);
  const folder = join(context.folders.runtime, platform.id);
  await createNamespaceFolder(join(folder, 'namespaces'));
  await mkdir(stateFolder, { recursive: true });
  const build = { cache: context.folders.cache, signal: context.signal, log: context.log };
  return {
    facts: {
      accel: 'none',
      guest: null,
      version: (await versionOf(program)).text,
      network: 'bridge-veth',
      details: { root: 'overlayfs over the payload', seccomp: "systemd-nspawn's own filter" },
    },
    marks: ['spawned', 'exec'],
    create: (instance) => createNspawn(instance, { payload, platform, context, user, program, folder }),
    images: () => folderFigures(payload, platform.launch, build),
    dispose: () => unmountBelow(folder),
  };
}

/** "systemd 252 (252.39-1~deb12u2)" on the first line. */
async function versionOf(program: string): Promise<{ text: string; number: number }> {
  const text = (await run(program, ['--version'])).stdout.split('\n')[0] ?? '';
  return { text, number: Number(/\d+/.exec(text)?.[0] ?? 0) };
}
