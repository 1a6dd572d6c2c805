/** The payload as a bare process: nothing between it and the kernel but a root, a network and a cgroup of its own. */
import { release } from 'node:os';
import { join } from 'node:path';
import { createNamespaceFolder } from '../host/mount-namespace.ts';
import { unmountBelow } from '../host/mounts.ts';
import { checkLaunch } from '../host/payload-launch.ts';
import { whyUnfit } from '../host/prerequisites.ts';
import { folderFigures } from '../images/folder-figures.ts';
import type { Payload } from '../images/payload.ts';
import type { PlatformSpec, PreparedPlatform, RunContext, Runner } from '../runner.ts';
import { createProcess } from './instance.ts';

export type ProcessOptions = Record<string, never>;

export const processRunner: Runner<ProcessOptions> = {
  kind: 'process',
  async probe() {
    const unfit = await whyUnfit();
    if (unfit) return { usable: false, version: release(), ...unfit };
    return { usable: true, version: release(), accel: 'none', notes: [] };
  },
  prepare: prepareProcess,
};

async function prepareProcess(
  payload: Payload,
  platform: PlatformSpec<ProcessOptions>,
  context: RunContext,
): Promise<PreparedPlatform> {
  const user = await checkLaunch(payload.root, platform.launch);
  const namespaces = join(context.folders.runtime, platform.id);
  await createNamespaceFolder(namespaces);
  const build = { cache: context.folders.cache, signal: context.signal, log: context.log };
  return {
    facts: {
      accel: 'none',
      guest: null,
      version: release(),
      network: 'bridge-veth',
      details: { root: 'overlayfs over the payload, in a mount namespace of its own' },
    },
    marks: ['spawned', 'exec'],
    create: (instance) => createProcess(instance, { payload, platform, context, user, namespaces }),
    images: () => folderFigures(payload, platform.launch, build),
    dispose: () => unmountBelow(namespaces),
  };
}
