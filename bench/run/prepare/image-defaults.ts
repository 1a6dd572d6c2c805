/** Fills in what a scenario leaves to the image that its payload is made of. */
import {
  imageCommand,
  imageEnvironment,
  imagePort,
  imageStopSignal,
} from '../../../runners/payload/source/image-command.ts';
import { ImageError, IncompleteImageError } from '../../../runners/payload/error.ts';
import { lookupUser } from '../../../runners/payload/users.ts';
import type { BuiltPayload } from '../../../runners/payload/payload.ts';
import type { ResolvedRootfs, ResolvedScenario, ResolvedWorkload } from '../../../scenarios/resolved.ts';
import type { ImageField } from '../../../scenarios/schema/allowed-words.ts';

/**
 * @returns the scenario as it runs, pinned to the image that was found; the same scenario where there is none
 * @throws IncompleteImageError where neither the workload nor the image says what is needed
 */
export async function withImageDefaults(
  scenario: ResolvedScenario,
  { image, root }: BuiltPayload,
): Promise<ResolvedScenario> {
  const { workload } = scenario;
  if (image === null) return scenario;
  const { config } = image;
  const name = imageName(workload.rootfs);
  const isLeft = (field: ImageField): boolean => workload.fromImage.includes(field);
  const workdir = isLeft('workdir') && config.workdir !== '' ? config.workdir : workload.workdir;
  const filled: ResolvedWorkload = {
    ...workload,
    rootfs: workload.rootfs.from === 'oci' ? { ...workload.rootfs, digest: image.digest } : workload.rootfs,
    user: isLeft('user') && config.user !== '' ? config.user : workload.user,
    workdir,
    port: isLeft('port') ? imagePort(config, name) : workload.port,
    stopSignal: isLeft('stop-signal') ? imageStopSignal(config, name) : workload.stopSignal,
  };
  await checkUser(
    root,
    filled.user,
    isLeft('user') ? `The image ${name} wants to run` : 'The workload is to run',
  );
  const platforms = scenario.platforms.map(async (platform) => {
    const environment = { ...imageEnvironment(config), ...platform.launch.environment };
    const path = environment['PATH'] ?? '';
    const command = isLeft('command')
      ? await imageCommand(config, name, { root, path, workdir })
      : platform.launch.command;
    return { ...platform, launch: { command, environment } };
  });
  return { ...scenario, workload: filled, platforms: await Promise.all(platforms) };
}

/** Here, since the same mistake would show on every platform. */
async function checkUser(root: string, user: string, who: string): Promise<void> {
  try {
    await lookupUser(root, user);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    throw new IncompleteImageError(
      `${who} as "${user}": ${error.message.replace(/\.$/, '')}`,
      'State "user" in the workload.',
      { cause: error },
    );
  }
}

/** What people call the image: its reference, or the file it is built from; empty: the payload is made of none. */
export function imageName(rootfs: ResolvedRootfs): string {
  switch (rootfs.from) {
    case 'oci':
      return rootfs.image;
    case 'containerfile':
      return rootfs.file;
    case 'debian':
    case 'directory':
    case 'tar':
      return '';
  }
}
