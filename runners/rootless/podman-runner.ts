/** The payload as a container of an ordinary user, started with `podman run`. */
import { chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cgroup } from '../machine/cgroup/cgroup.ts';
import { run } from '../machine/command.ts';
import { undoneOnFailure, type CleanUp } from '../machine/lease/clean-up.ts';
import { findProgram, missingPrograms } from '../machine/programs.ts';
import { commandLine, type EngineCommand } from '../container-engine/command.ts';
import { imageBytes } from '../container-engine/layer-bytes.ts';
import { loadImage } from '../container-engine/load-image.ts';
import { engineMemory } from '../container-engine/memory.ts';
import { notesOn } from '../oci/runtime.ts';
import { containerFigures } from '../payload/oci-image/container-figures.ts';
import { packOciImage } from '../payload/oci-image/oci-image.ts';
import type { Payload } from '../payload/payload.ts';
import { followEventFile } from '../podman/events.ts';
import { configurationText, podmanVersion, type FoundPodman } from '../podman/podman.ts';
import { plainFacts } from '../platform-facts.ts';
import type { Fitness, PlatformSpec, PreparedPlatform, RunContext, Runner } from '../runner.ts';
import { ownUser } from '../shared/box.ts';
import { createLauncher } from '../shared/launch.ts';
import { checkLaunch } from '../shared/payload-launch.ts';
import { fitnessHere, type Unfit } from '../shared/prerequisites.ts';
import { seccompName } from '../shared/seccomp.ts';
import { rootlessDetails, userNamespace } from './facts.ts';
import { findRootless, findUsersRuntime, whyNotRootless, type RootlessOptions } from './fitness.ts';
import { networkClass, type ForwarderName } from './forwarder.ts';
import { becomeUser, createPlaces, enterPlaces, userEnvironment, type RootlessPlaces } from './places.ts';
import { createContainer } from './podman-instance.ts';

export interface PodmanRootlessOptions extends RootlessOptions {
  /** OCI runtime, by its name on the PATH. */
  runtime: string;
}

export const podmanRootlessRunner: Runner<PodmanRootlessOptions> = {
  kind: 'container',
  probe: probePodman,
  prepare: preparePodman,
};

async function probePodman(options: PodmanRootlessOptions): Promise<Fitness> {
  const found = await findPodman(options);
  if ('reason' in found) return { usable: false, version: null, ...found };
  const fitness = await fitnessHere(found.version, notesOn(found.runtime));
  if (!fitness.usable) return fitness;
  const unfit = await whyNotRootless(options, preferencesOf(found.version));
  return unfit === null ? fitness : { usable: false, version: found.version, ...unfit };
}

async function findPodman(options: PodmanRootlessOptions): Promise<FoundPodman | Unfit> {
  const program = await findProgram('podman');
  if (program === null) return { reason: 'podman is not installed', remedy: 'apt-get install podman' };
  if ((await missingPrograms(['conmon'])).length > 0) {
    return { reason: 'not installed: conmon', remedy: 'apt-get install conmon' };
  }
  const runtime = await findUsersRuntime(options.runtime);
  if ('reason' in runtime) return runtime;
  return { program, version: await podmanVersion(program), runtime };
}

/** Podman's own choice: pasta since 5.0; before 4.4 it does not know it. */
export function preferencesOf(version: string): readonly ForwarderName[] {
  const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  if (major >= 5) return ['pasta', 'slirp4netns'];
  return major === 4 && minor >= 4 ? ['slirp4netns', 'pasta'] : ['slirp4netns'];
}

async function preparePodman(
  payload: Payload,
  platform: PlatformSpec<PodmanRootlessOptions>,
  context: RunContext,
): Promise<PreparedPlatform> {
  const user = await checkLaunch(payload.root, platform.launch);
  const found = await findPodman(platform.options);
  if ('reason' in found) throw new Error(`${found.reason}; ${found.remedy}`);
  const rootless = await findRootless(platform.options, preferencesOf(found.version), context.runId);
  if ('reason' in rootless) throw new Error(`${rootless.reason}; ${rootless.remedy}`);
  const build = { cache: context.folders.cache, signal: context.signal, log: context.log };
  const packed = await packOciImage(payload, platform.launch, build);
  return undoneOnFailure(context.log, async (cleanUp) => {
    const { hiddenHierarchy } = found.runtime;
    const places = await createPlaces(rootless.user, platform.id, context, hiddenHierarchy, cleanUp);
    const { engine, eventFile } = await configure(found, places, context);
    const cgroup = await startPause(engine, platform.id, context, cleanUp);
    const name = `${context.network.namespace}:${platform.id}`;
    const place = { folder: places.store, seen: places.seen };
    await loadImage(engine, packed, name, platform.id, context, place);
    const events = await cleanUp.add(followEventFile(eventFile), (made) => made.close());
    const image = `localhost/${name}`;
    const setup = { engine, image, events, user, rootless, platform, context, places };
    return {
      facts: {
        ...{ accel: 'none', guest: null, version: found.version },
        network: networkClass(rootless.forwarder),
        compared: {
          ...plainFacts,
          root: 'overlay',
          seccomp: await seccompName(platform.launch.box.seccomp),
          outputAccess: ownUser,
          userNamespace,
          logging: "a pipe, and podman's log driver k8s-file",
        },
        details: {
          runtime: found.runtime.version,
          image: packed.manifests.gzip.digest,
          ...rootlessDetails(rootless),
          engineMemoryBytes: await engineMemory(cgroup),
          ...(hiddenHierarchy === null ? {} : { hiddenHierarchy }),
        },
      },
      marks: ['spawned', 'container', 'exec'],
      create: (instance) => createContainer(instance, setup),
      images: async () => containerFigures(packed, await imageBytes(engine, image, places.unseen)),
      dispose: () => cleanUp.run(),
    };
  });
}

/** Podman's command line for the user, with a store, a configuration and a runtime folder that are not the user's own. */
async function configure(
  found: FoundPodman,
  places: RootlessPlaces,
  context: RunContext,
): Promise<{ engine: EngineCommand; eventFile: string }> {
  const configuration = join(places.store, 'containers.conf');
  const eventFile = join(places.store, 'events.ndjson');
  await writeFile(configuration, configurationText(places.seen(eventFile), null));
  await writeFile(eventFile, '');
  await chown(eventFile, places.user.uid, places.user.gid);
  const engine = {
    enter: [...(await enterPlaces(places, context.network.nsPath)), ...(await becomeUser(places.user))],
    program: found.program,
    args: [
      ...['--root', places.seen(join(places.store, 'root'))],
      ...['--runroot', `/run/user/${places.user.uid}/containers`],
      ...['--storage-driver', 'overlay', '--runtime', found.runtime.program],
    ],
    env: { ...userEnvironment(places), CONTAINERS_CONF: places.seen(configuration) },
  };
  return { engine, eventFile };
}

/**
 * The user's first command leaves a process behind that keeps the user namespace, which all later ones then enter. It serves all
 * containers, so it is counted beside the instances.
 */
async function startPause(
  engine: EngineCommand,
  platform: string,
  context: RunContext,
  cleanUp: CleanUp,
): Promise<Cgroup> {
  const cgroup = await cleanUp.add(context.cgroup.child(`${platform}-engine`), async (made) => {
    await made.kill();
    await made.remove();
  });
  const { program, args } = await createLauncher(cgroup.joinFiles());
  await run(program, [...args, ...commandLine(engine, ['info'])], { env: { ...engine.env }, cleanEnv: true });
  return cgroup;
}
