/** The payload as a container of systemd-nspawn, which has no image format of its own: it runs a folder. */
import { mkdir } from 'node:fs/promises';
import { run } from '../machine/command.ts';
import { prepareFolderPlatform } from '../shared/folder-platform.ts';
import { fitnessHere } from '../shared/prerequisites.ts';
import { findProgram, requireProgram } from '../machine/programs.ts';
import type { Payload } from '../payload/payload.ts';
import { plainFacts } from '../platform-facts.ts';
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
  return fitnessHere(version.text);
}

async function prepareNspawn(
  payload: Payload,
  platform: PlatformSpec<NspawnOptions>,
  context: RunContext,
): Promise<PreparedPlatform> {
  const program = await requireProgram(programName);
  await mkdir(stateFolder, { recursive: true });
  return prepareFolderPlatform(payload, platform, context, {
    version: (await versionOf(program)).text,
    compared: {
      ...plainFacts,
      seccomp: platform.launch.box.seccomp === 'none' ? 'none' : "systemd-nspawn's own filter",
    },
    create: (instance, setup) => createNspawn(instance, { ...setup, program }),
  });
}

/** "systemd 252 (252.39-1~deb12u2)" on the first line. */
async function versionOf(program: string): Promise<{ text: string; number: number }> {
  const text = (await run(program, ['--version'])).stdout.split('\n')[0] ?? '';
  return { text, number: Number(/\d+/.exec(text)?.[0] ?? 0) };
}
