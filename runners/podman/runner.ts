/** The payload as a container of podman, started with `podman run`. */
import { undoneOnFailure } from '../machine/lease/clean-up.ts';
import { mostOf } from '../machine/resource-limits.ts';
import { ownUser } from '../shared/box.ts';
import { seccompName } from '../shared/seccomp.ts';
import { checkLaunch } from '../shared/payload-launch.ts';
import { fitnessHere } from '../shared/prerequisites.ts';
import { createEngineContainer, type EngineTraits } from '../container-engine/instance.ts';
import { imageBytes } from '../container-engine/layer-bytes.ts';
import { loadImage } from '../container-engine/load-image.ts';
import { containerFigures } from '../payload/oci-image/container-figures.ts';
import { packOciImage } from '../payload/oci-image/oci-image.ts';
import { notesOn } from '../oci/runtime.ts';
import type { Payload } from '../payload/payload.ts';
import {
  plainFacts,
  type Fitness,
  type PlatformSpec,
  type PreparedPlatform,
  type RunContext,
  type Runner,
} from '../runner.ts';
import { followEventFile } from './events.ts';
import { createPodmanNetwork } from './network.ts';
import { findPodman, openPodman, podmanAnswers, type PodmanOptions } from './podman.ts';

export const podmanRunner: Runner<PodmanOptions> = {
  kind: 'container',
  probe: probePodman,
  prepare: preparePodman,
};

async function probePodman(options: PodmanOptions): Promise<Fitness> {
  const found = await findPodman(options);
  if ('reason' in found) return { usable: false, version: null, ...found };
  return fitnessHere(found.version, notesOn(found.runtime));
}

async function preparePodman(
  payload: Payload,
  platform: PlatformSpec<PodmanOptions>,
  context: RunContext,
): Promise<PreparedPlatform> {
  const user = await checkLaunch(payload.root, platform.launch);
  const found = await findPodman(platform.options);
  if ('reason' in found) throw new Error(`${found.reason}; ${found.remedy}`);
  const build = { cache: context.folders.cache, signal: context.signal, log: context.log };
  const packed = await packOciImage(payload, platform.launch, build);
  return undoneOnFailure(context.log, async (cleanUp) => {
    const { engine, networks, eventFile } = await openPodman(found, platform.id, context, cleanUp);
    const name = `${context.network.namespace}:${platform.id}`;
    await loadImage(engine, packed, name, platform.id, context);
    // Podman's name for what has come from no registry.
    const image = `localhost/${name}`;
    const network = await createPodmanNetwork(context.network.namespace, networks, cleanUp);
    const events = await cleanUp.add(followEventFile(eventFile), (made) => made.close());
    const setup = {
      ...{ engine, image, network, events, user, platform, context },
      traits: await traits(),
      isAlive: () => podmanAnswers(engine),
    };
    return {
      facts: {
        ...{ accel: 'none', guest: null, network: 'podman-bridge', version: found.version },
        compared: {
          ...plainFacts,
          root: 'overlay',
          seccomp: await seccompName(platform.launch.box.seccomp),
          outputAccess: ownUser,
          logging: "a pipe, and podman's log driver k8s-file",
        },
        details: {
          runtime: found.runtime.version,
          image: packed.manifests.gzip.digest,
          ...(found.runtime.hiddenHierarchy === null
            ? {}
            : { hiddenHierarchy: found.runtime.hiddenHierarchy }),
        },
      },
      marks: ['spawned', 'container', 'exec'],
      create: (instance) => createEngineContainer(instance, setup),
      images: async () => containerFigures(packed, await imageBytes(engine, image)),
      dispose: () => cleanUp.run(),
    };
  });
}

async function traits(): Promise<EngineTraits> {
  const processes = await mostOf('processes');
  return {
    name: 'podman',
    runOptions: [
      // conmon stays where podman is: in the instance's cgroup, but outside of the workload's limits.
      ...['--cgroups', 'no-conmon'],
      ...['--ulimit', `nproc=${processes}:${processes}`],
      // An entrypoint that is called init or systemd would get a tmpfs over /tmp and /run.
      '--systemd=false',
    ],
    additions: ['TERM', 'container'],
    inspection: ['container', 'inspect'],
    removals: [['rm', '--force', '--time', '0', '--volumes']],
    hasShim: false,
    setsMac: true,
  };
}
