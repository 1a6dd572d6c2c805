/** The payload as a container of containerd, started with `ctr run`: what docker and a node of Kubernetes do below themselves. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startEngine } from '../container-engine/daemon.ts';
import { containerdLine } from '../container-engine/containerd.ts';
import { engineMemory } from '../container-engine/memory.ts';
import { undoneOnFailure } from '../machine/lease/clean-up.ts';
import { allocatedBelow } from '../machine/tree-size.ts';
import { engineRuntime } from '../oci/engine-runtime.ts';
import { notesOn } from '../oci/runtime.ts';
import { sandboxFacts, sandboxNetwork, whyNoSandbox } from '../oci/sandbox.ts';
import { containerFigures } from '../payload/oci-image/container-figures.ts';
import { packOciImage, unpackOciImage } from '../payload/oci-image/oci-image.ts';
import type { Payload } from '../payload/payload.ts';
import { plainFacts } from '../platform-facts.ts';
import type { Fitness, PlatformSpec, PreparedPlatform, RunContext, Runner } from '../runner.ts';
import { ownUser } from '../shared/box.ts';
import { checkLaunch } from '../shared/payload-launch.ts';
import { fitnessHere } from '../shared/prerequisites.ts';
import { seccompName } from '../shared/seccomp.ts';
import { ctrAnswers, ctrCommand, findContainerd, type ContainerdOptions } from './ctr.ts';
import { createContainer } from './instance.ts';

export const containerdRunner: Runner<ContainerdOptions> = {
  kind: 'container',
  probe: probeContainerd,
  prepare: prepareContainerd,
};

async function probeContainerd(options: ContainerdOptions): Promise<Fitness> {
  const found = await findContainerd(options);
  if ('reason' in found) return { usable: false, version: null, ...found };
  const unfit = await whyNoSandbox(found.runtime, options);
  if (unfit !== null) return { usable: false, version: found.version, ...unfit };
  return fitnessHere(found.version, notesOn(found.runtime));
}

async function prepareContainerd(
  payload: Payload,
  platform: PlatformSpec<ContainerdOptions>,
  context: RunContext,
): Promise<PreparedPlatform> {
  const user = await checkLaunch(payload.root, platform.launch);
  const found = await findContainerd(platform.options);
  if ('reason' in found) throw new Error(`${found.reason}; ${found.remedy}`);
  const build = { cache: context.folders.cache, signal: context.signal, log: context.log };
  const image = await packOciImage(payload, platform.launch, build);
  const { root } = await unpackOciImage(image, build);
  const { options } = platform;
  const { hiddenHierarchy, isSandbox } = found.runtime;
  return undoneOnFailure(context.log, async (cleanUp) => {
    const running = startEngine(platform.id, context, {
      name: 'containerd',
      hiddenHierarchy,
      lines: async (places) => [await containerdLine(places)],
      isAlive: ({ sockets }) => ctrAnswers(ctrCommand(found.program, sockets)),
    });
    const { places, cgroup } = await cleanUp.add(running, (made) => made.dispose());
    const bundles = join(places.data, 'bundles');
    await mkdir(bundles);
    const setup = {
      ...{ root, user, platform, context, places, bundles, isSandbox },
      runtime: await engineRuntime(found.runtime, options, places.data),
      engine: ctrCommand(found.program, places.sockets),
    };
    return {
      facts: {
        ...{ accel: 'none', guest: null, version: found.version },
        network: isSandbox ? sandboxNetwork(options, 'bridge-veth') : 'bridge-veth',
        compared: {
          ...plainFacts,
          root: 'overlayfs over the unpacked image',
          seccomp: await seccompName(platform.launch.box.seccomp),
          outputAccess: ownUser,
          logging: 'a pipe, and the shim, which copies it',
          ...(isSandbox && sandboxFacts(options, 'overlayfs')),
        },
        details: {
          engine: "Tare's own, for this run",
          runtime: found.runtime.version,
          image: image.manifests.zstd.digest,
          engineMemoryBytes: await engineMemory(cgroup),
          ...(hiddenHierarchy === null ? {} : { hiddenHierarchy }),
        },
      },
      marks: isSandbox ? ['spawned'] : ['spawned', 'exec'],
      create: (instance) => createContainer(instance, setup),
      images: async () => containerFigures(image, await allocatedBelow(root)),
      dispose: () => cleanUp.run(),
    };
  });
}
