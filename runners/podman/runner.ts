/** The payload as a container of podman, started with `podman run`. */
import { undoneOnFailure } from '../machine/lease/clean-up.ts';
import { mostOf } from '../machine/resource-limits.ts';
import { ownUser } from '../shared/box.ts';
import { seccompName } from '../shared/seccomp.ts';
import type { MainProcess } from '../shared/main-process.ts';
import { checkLaunch } from '../shared/payload-launch.ts';
import { fitnessHere } from '../shared/prerequisites.ts';
import { createEngineContainer, restartOption, type EngineTraits } from '../container-engine/instance.ts';
import { imageBytes } from '../container-engine/layer-bytes.ts';
import { loadImage } from '../container-engine/load-image.ts';
import { containerFigures } from '../payload/oci-image/container-figures.ts';
import { packOciImage } from '../payload/oci-image/oci-image.ts';
import { notesOn } from '../oci/runtime.ts';
import { sandboxFacts, sandboxNetwork, whyNoSandbox } from '../oci/sandbox.ts';
import type { Payload } from '../payload/payload.ts';
import { plainFacts } from '../platform-facts.ts';
import type { Fitness, PlatformSpec, PreparedPlatform, RunContext, Runner } from '../runner.ts';
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
  const unfit = await whyNoSandbox(found.runtime, options);
  if (unfit !== null) return { usable: false, version: found.version, ...unfit };
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
  const { options } = platform;
  const { hiddenHierarchy, isSandbox } = found.runtime;
  const build = { cache: context.folders.cache, signal: context.signal, log: context.log };
  const packed = await packOciImage(payload, platform.launch, build);
  return undoneOnFailure(context.log, async (cleanUp) => {
    const { engine, networks, eventFile } = await openPodman(found, platform, context, cleanUp);
    const name = `${context.network.namespace}:${platform.id}`;
    await loadImage(engine, packed, name, platform.id, context);
    // Podman's name for what has come from no registry.
    const image = `localhost/${name}`;
    const network = await createPodmanNetwork(context.network.namespace, networks, cleanUp);
    const events = await cleanUp.add(followEventFile(eventFile), (made) => made.close());
    const setup = {
      ...{ engine, image, network, events, user, platform, context },
      traits: await podmanTraits(isSandbox ? 'sandbox' : 'first-in-namespace'),
      isAlive: () => podmanAnswers(engine),
    };
    return {
      facts: {
        ...{ accel: 'none', guest: null, version: found.version },
        network: isSandbox ? sandboxNetwork(options, 'podman-bridge') : 'podman-bridge',
        compared: {
          ...plainFacts,
          root: 'overlay',
          seccomp: await seccompName(platform.launch.box.seccomp),
          outputAccess: ownUser,
          logging: "a pipe, and podman's log driver k8s-file",
          ...(isSandbox && sandboxFacts(options, 'overlay')),
        },
        details: {
          runtime: found.runtime.version,
          image: packed.manifests.gzip.digest,
          ...(hiddenHierarchy === null ? {} : { hiddenHierarchy }),
        },
      },
      marks: isSandbox ? ['spawned', 'container'] : ['spawned', 'container', 'exec'],
      restartsBy: restartOption,
      create: (instance) => createEngineContainer(instance, setup),
      images: async () => containerFigures(packed, await imageBytes(engine, image)),
      dispose: () => cleanUp.run(),
    };
  });
}

/** As root's and as an ordinary user's. */
export async function podmanTraits(main: MainProcess): Promise<EngineTraits> {
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
    main,
  };
}
