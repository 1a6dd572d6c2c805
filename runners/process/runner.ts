/** The payload as a bare process: nothing between it and the kernel but a root, a network and a cgroup of its own. */
import { release } from 'node:os';
import { prepareFolderPlatform } from '../shared/folder-platform.ts';
import { fitnessHere } from '../shared/prerequisites.ts';
import type { Payload } from '../payload/payload.ts';
import { plainFacts } from '../platform-facts.ts';
import type { PlatformSpec, PreparedPlatform, RunContext, Runner } from '../runner.ts';
import { createProcess } from './instance.ts';

export type ProcessOptions = Record<string, never>;

export const processRunner: Runner<ProcessOptions> = {
  kind: 'process',
  probe: () => fitnessHere(kernel()),
  prepare: prepareProcess,
};

function prepareProcess(
  payload: Payload,
  platform: PlatformSpec<ProcessOptions>,
  context: RunContext,
): Promise<PreparedPlatform> {
  return prepareFolderPlatform(payload, platform, context, {
    version: kernel(),
    compared: { ...plainFacts, root: 'overlayfs over the payload, in a mount namespace of its own' },
    create: createProcess,
  });
}

/** What there is to have a version, where nothing is around the program. */
function kernel(): string {
  return `Linux ${release()}`;
}
