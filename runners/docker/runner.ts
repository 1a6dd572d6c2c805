/** The payload as a container of docker, started with `docker run`. */
import type { Cgroup } from '../machine/cgroup/cgroup.ts';
import { undoneOnFailure, type CleanUp } from '../machine/lease/clean-up.ts';
import { run } from '../machine/command.ts';
import { ownUser } from '../shared/box.ts';
import { seccompName } from '../shared/seccomp.ts';
import { createLauncher } from '../shared/launch.ts';
import { checkLaunch } from '../shared/payload-launch.ts';
import { whyUnfit } from '../shared/prerequisites.ts';
import { requireProgram } from '../machine/programs.ts';
import { runEngine, type EngineCommand } from '../container-engine/command.ts';
import { listenToEngine } from '../container-engine/events.ts';
import { createEngineContainer, restartOption, type EngineTraits } from '../container-engine/instance.ts';
import { imageBytes } from '../container-engine/layer-bytes.ts';
import { loadImage } from '../container-engine/load-image.ts';
import { engineMemory } from '../container-engine/memory.ts';
import { sandboxFacts, sandboxNetwork, whyNoSandbox } from '../oci/sandbox.ts';
import { containerFigures } from '../payload/oci-image/container-figures.ts';
import { packOciImage } from '../payload/oci-image/oci-image.ts';
import type { Payload } from '../payload/payload.ts';
import { plainFacts } from '../platform-facts.ts';
import type { Fitness, PlatformSpec, PreparedPlatform, RunContext, Runner } from '../runner.ts';
import {
  chooseEngine,
  engineInfo,
  isAlive,
  takesMac,
  type ChosenEngine,
  type DockerOptions,
} from './engine.ts';
import { eventArguments, readDockerEvents } from './events.ts';
import { createDockerNetwork } from './network.ts';
import { startOwnEngine } from './own-engine.ts';
import { imageOf, labelOf } from './remove.ts';

export const dockerRunner: Runner<DockerOptions> = {
  kind: 'container',
  probe: probeDocker,
  prepare: prepareDocker,
};

async function probeDocker(options: DockerOptions): Promise<Fitness> {
  const unfit = await whyUnfit();
  if (unfit) return { usable: false, version: null, ...unfit };
  const chosen = await chooseEngine(options);
  if ('reason' in chosen) return { usable: false, version: null, ...chosen };
  const version = await versionOf(chosen);
  if (chosen.whose === 'own') {
    const none = await whyNoSandbox(chosen.runtime, options);
    if (none !== null) return { usable: false, version, ...none };
  }
  return { usable: true, version, accel: 'none', notes: chosen.note === null ? [] : [chosen.note] };
}

async function prepareDocker(
  payload: Payload,
  platform: PlatformSpec<DockerOptions>,
  context: RunContext,
): Promise<PreparedPlatform> {
  const { options } = platform;
  const user = await checkLaunch(payload.root, platform.launch);
  const chosen = await chooseEngine(options);
  if ('reason' in chosen) throw new Error(`${chosen.reason}; ${chosen.remedy}`);
  const build = { cache: context.folders.cache, signal: context.signal, log: context.log };
  const packed = await packOciImage(payload, platform.launch, build);
  const runName = context.network.namespace;
  const image = imageOf(runName, platform.id);
  return undoneOnFailure(context.log, async (cleanUp) => {
    const { engine, cgroup } = await openEngine(chosen, platform, context, cleanUp);
    await cleanUp.add(loadImage(engine, packed, image, platform.id, context), async () => {
      if (chosen.whose === 'user') await runEngine(engine, ['image', 'rm', image]);
    });
    const network = await createDockerNetwork(engine, chosen.whose, platform.id, context, cleanUp);
    const launcher = await createLauncher(cgroup.joinFiles());
    const events = await cleanUp.add(
      Promise.resolve(listenToEngine(engine, launcher, eventArguments, readDockerEvents())),
      (made) => made.close(),
    );
    const { isSandbox } = chosen.runtime;
    const main = isSandbox ? 'sandbox' : 'first-in-namespace';
    const setup = {
      ...{ engine, image, network, events, user, platform, context },
      traits: { ...traitsOf(options, runName), setsMac: await takesMac(engine), main } as const,
      isAlive: () => isAlive(engine),
    };
    const info = await engineInfo(engine);
    return {
      facts: {
        ...{ accel: 'none', guest: null },
        network: isSandbox ? sandboxNetwork(options, 'docker-bridge') : 'docker-bridge',
        version: await versionOf(chosen),
        compared: {
          ...plainFacts,
          root: info.Driver,
          seccomp: await seccompName(platform.launch.box.seccomp),
          outputAccess: ownUser,
          logging: `a pipe, and docker's log driver ${info.LoggingDriver}`,
          ...(isSandbox && sandboxFacts(options, info.Driver)),
        },
        details: {
          engine: chosen.whose === 'own' ? "Tare's own, for this run" : `the user's, at ${options.socket}`,
          runtime: options.runtime,
          image: packed.manifests.gzip.digest,
          engineMemoryBytes: chosen.whose === 'own' ? await engineMemory(cgroup) : null,
        },
      },
      marks: ['spawned', 'container', 'runtime', ...(isSandbox ? [] : ['exec'])],
      restartsBy: restartOption,
      create: (instance) => createEngineContainer(instance, setup),
      images: async () => containerFigures(packed, await imageBytes(engine, image)),
      dispose: () => cleanUp.run(),
    };
  });
}

/** The engine, and a cgroup beside the instances' for what works for the platform as a whole. */
async function openEngine(
  chosen: ChosenEngine,
  platform: PlatformSpec<DockerOptions>,
  context: RunContext,
  cleanUp: CleanUp,
): Promise<{ engine: EngineCommand; cgroup: Cgroup }> {
  if (chosen.whose === 'own') {
    const starting = startOwnEngine(platform, chosen.cli, chosen.runtime, context);
    return cleanUp.add(starting, (made) => made.dispose());
  }
  const { socket } = platform.options;
  // Not dropped: the end of the run looks once more, in case an instance could not be removed.
  await context.lease.add({ kind: 'engine', path: socket, name: context.network.namespace });
  const cgroup = await cleanUp.add(context.cgroup.child(`${platform.id}-engine`), (made) => made.remove());
  return { engine: chosen.engine, cgroup };
}

function traitsOf({ runtime }: DockerOptions, runName: string): Omit<EngineTraits, 'setsMac' | 'main'> {
  return {
    name: 'docker',
    runOptions: ['--runtime', runtime, '--label', labelOf(runName)],
    additions: [],
    inspection: ['container', 'inspect'],
    removals: [['rm', '--force', '--volumes']],
    hasShim: true,
  };
}

/** The engine's; one that is not running yet has the version of the command line. */
async function versionOf(chosen: ChosenEngine): Promise<string> {
  if (chosen.whose === 'user') return `docker ${chosen.info.ServerVersion}`;
  const { stdout } = await run(await requireProgram('dockerd'), ['--version']);
  return `docker ${/version ([^\s,]+)/.exec(stdout)?.[1] ?? 'unknown'}`;
}
