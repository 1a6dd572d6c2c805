/** The payload as a native container of an ordinary user: an OCI runtime in a user namespace, as rootless engines start it. */
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../machine/command.ts';
import { undoneOnFailure } from '../machine/lease/clean-up.ts';
import { allocatedBelow } from '../machine/tree-size.ts';
import { notesOn } from '../oci/runtime.ts';
import { containerFigures } from '../payload/oci-image/container-figures.ts';
import { packOciImage, type OciImage } from '../payload/oci-image/oci-image.ts';
import { extractOptions } from '../payload/layer/layer.ts';
import type { Payload } from '../payload/payload.ts';
import { plainFacts } from '../platform-facts.ts';
import type { Fitness, PlatformSpec, PreparedPlatform, RunContext, Runner } from '../runner.ts';
import { ownUser } from '../shared/box.ts';
import { checkLaunch } from '../shared/payload-launch.ts';
import { fitnessHere } from '../shared/prerequisites.ts';
import { seccompName } from '../shared/seccomp.ts';
import { rootlessDetails, userNamespace } from './facts.ts';
import { findRootless, findUsersRuntime, whyNotRootless, type RootlessOptions } from './fitness.ts';
import { networkClass, type ForwarderName } from './forwarder.ts';
import { createContainer } from './oci-instance.ts';
import { becomeUser, createPlaces, enterPlaces, enterUserNamespace, userEnvironment } from './places.ts';
import type { RootlessPlaces } from './places.ts';

export interface OciRootlessOptions extends RootlessOptions {
  /** The program's name on the PATH, `runc` for instance. */
  runtime: string;
}

export const ociRootlessRunner: Runner<OciRootlessOptions> = {
  kind: 'container',
  probe: probeOci,
  prepare: prepareOci,
};

const preferences: readonly ForwarderName[] = ['slirp4netns', 'pasta'];

async function probeOci(options: OciRootlessOptions): Promise<Fitness> {
  const runtime = await findUsersRuntime(options.runtime);
  if ('reason' in runtime) return { usable: false, version: null, ...runtime };
  const fitness = await fitnessHere(runtime.version, notesOn(runtime));
  if (!fitness.usable) return fitness;
  const unfit = await whyNotRootless(options, preferences);
  return unfit === null ? fitness : { usable: false, version: runtime.version, ...unfit };
}

async function prepareOci(
  payload: Payload,
  platform: PlatformSpec<OciRootlessOptions>,
  context: RunContext,
): Promise<PreparedPlatform> {
  const runtime = await findUsersRuntime(platform.options.runtime);
  if ('reason' in runtime) throw new Error(`${runtime.reason}; ${runtime.remedy}`);
  const rootless = await findRootless(platform.options, preferences, context.runId);
  if ('reason' in rootless) throw new Error(`${rootless.reason}; ${rootless.remedy}`);
  const user = await checkLaunch(payload.root, platform.launch);
  const build = { cache: context.folders.cache, signal: context.signal, log: context.log };
  const image = await packOciImage(payload, platform.launch, build);
  return undoneOnFailure(context.log, async (cleanUp) => {
    const { hiddenHierarchy } = runtime;
    const places = await createPlaces(rootless.user, platform.id, context, hiddenHierarchy, cleanUp);
    const root = join(places.store, 'image');
    await unpackAsUser(image, root, places, context);
    const state = join(places.kept, 'state');
    await mkdir(state);
    await chown(state, rootless.user.uid, rootless.user.gid);
    const setup = { runtime, rootless, root, user, platform, context, places, state };
    return {
      facts: {
        ...{ accel: 'none', guest: null, version: runtime.version },
        network: networkClass(rootless.forwarder),
        compared: {
          ...plainFacts,
          root: 'overlayfs over the unpacked image',
          seccomp: await seccompName(platform.launch.box.seccomp),
          outputAccess: runtime.copiesOutput ? ownUser : null,
          userNamespace,
        },
        details: {
          image: image.manifests.zstd.digest,
          ...rootlessDetails(rootless),
          ...(hiddenHierarchy === null ? {} : { hiddenHierarchy }),
        },
      },
      marks: ['spawned', 'exec'],
      create: (instance) => createContainer(instance, setup),
      // Its files have other owners than the payload's.
      openRoot: () => Promise.resolve({ folder: root, close: () => Promise.resolve() }),
      images: async () => containerFigures(image, await allocatedBelow(root)),
      dispose: () => cleanUp.run(),
    };
  });
}

/** In a user namespace, so that the files belong to the user's subordinate ids, as those of any rootless engine's do. */
async function unpackAsUser(
  image: OciImage,
  root: string,
  places: RootlessPlaces,
  context: RunContext,
): Promise<void> {
  await mkdir(root);
  await chown(root, places.user.uid, places.user.gid);
  context.log.progress('unpacking the container image for an ordinary user: a few seconds');
  // As root still: the user may not reach the file.
  const open = ['-c', 'file=$1; shift; exec "$@" <"$file"', 'open', image.manifests.zstd.layer.file];
  const enter = await enterPlaces(places, context.network.nsPath);
  const inside = [...(await becomeUser(places.user)), ...(await enterUserNamespace())];
  const unpack = 'zstd --decompress --stdout --quiet | tar --extract --file=- "$@"';
  const tar = ['sh', '-c', unpack, 'tar', ...extractOptions(places.seen(root))];
  await run('sh', [...open, ...enter, ...inside, ...tar], {
    signal: context.signal,
    env: userEnvironment(places),
    cleanEnv: true,
  });
}
