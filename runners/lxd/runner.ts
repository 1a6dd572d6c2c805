/**
 * The payload as a container of LXD (or Incus), started by a daemon of the run's own: the user's daemon, with its projects,
 * images, pools and profiles, is neither asked nor touched.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { undoneOnFailure } from '../machine/lease/clean-up.ts';
import { writeSeccompProfile } from '../lxc/seccomp.ts';
import { seccompName } from '../shared/seccomp.ts';
import { checkLaunch } from '../shared/payload-launch.ts';
import { fitnessHere } from '../shared/prerequisites.ts';
import { packOciImage } from '../payload/oci-image/oci-image.ts';
import type { Payload } from '../payload/payload.ts';
import { plainFacts } from '../platform-facts.ts';
import type { Fitness, PlatformSpec, PreparedPlatform, RunContext, Runner } from '../runner.ts';
import { startDaemon } from './daemon.ts';
import { findInstallation, type DaemonName } from './flavours.ts';
import { imageAlias, importImage, lxdFigures } from './image.ts';
import { createLxd } from './instance.ts';

export interface LxdOptions {
  daemon: DaemonName;
}

export const lxdRunner: Runner<LxdOptions> = { kind: 'container', probe: probeLxd, prepare: prepareLxd };

async function probeLxd({ daemon }: LxdOptions): Promise<Fitness> {
  const found = await findInstallation(daemon);
  if ('reason' in found) return { usable: false, version: null, ...found };
  return fitnessHere(found.version);
}

async function prepareLxd(
  payload: Payload,
  platform: PlatformSpec<LxdOptions>,
  context: RunContext,
): Promise<PreparedPlatform> {
  const installation = await findInstallation(platform.options.daemon);
  if ('reason' in installation) throw new Error(`${installation.reason}; ${installation.remedy}`);
  const user = await checkLaunch(payload.root, platform.launch);
  const build = { cache: context.folders.cache, signal: context.signal, log: context.log };
  const image = await packOciImage(payload, platform.launch, build);
  const folder = join(context.folders.runtime, platform.id);
  await mkdir(folder, { recursive: true });
  const seccomp = await writeSeccompProfile(join(folder, 'seccomp'), platform.launch.box.seccomp);
  return undoneOnFailure(context.log, async (cleanUp) => {
    const daemon = await cleanUp.add(startDaemon(platform.id, installation, context), (made) =>
      made.dispose(),
    );
    const metadataBytes = await importImage(join(folder, 'image'), image, daemon);
    const setup = { platform, context, user, installation, daemon, image: imageAlias, seccomp };
    return {
      facts: {
        accel: 'none',
        guest: null,
        version: installation.version,
        network: 'bridge-veth',
        compared: {
          ...plainFacts,
          root: "a copy of the image in the daemon's pool (driver dir)",
          seccomp: await seccompName(platform.launch.box.seccomp),
        },
        details: { networkMadeBy: 'the start command', privileged: true },
      },
      marks: ['spawned', 'exec'],
      create: (instance) => createLxd(instance, setup),
      images: () => lxdFigures(image, metadataBytes, daemon),
      dispose: () => cleanUp.run(),
    };
  });
}
