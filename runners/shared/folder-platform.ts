/** What platforms without an image format of their own prepare alike: they run the payload's folder, under a layer per instance. */
import { join } from 'node:path';
import { folderFigures } from '../payload/folder-figures.ts';
import type { Payload } from '../payload/payload.ts';
import type { ComparedFacts, PlatformFacts } from '../platform-facts.ts';
import type { Instance, NewInstance } from '../runner.ts';
import type { PlatformSpec, PreparedPlatform, RunContext } from '../runner.ts';
import { createNamespaceFolder } from '../machine/mounts/mount-namespace.ts';
import { unmountBelow } from '../machine/mounts/mounts.ts';
import { checkLaunch, type LaunchUser } from './payload-launch.ts';

/** What all instances of such a platform share. */
export interface FolderSetup {
  payload: Payload;
  platform: PlatformSpec<unknown>;
  context: RunContext;
  user: LaunchUser;
  /** The platform's own folder. */
  folder: string;
  /** Folder that mount namespaces can be held in. */
  namespaces: string;
}

/** What they differ in. */
interface FolderPlatform {
  /** Of the program that runs the payload. */
  version: string;
  compared: ComparedFacts;
  details?: PlatformFacts['details'];
  create: (instance: NewInstance, setup: FolderSetup) => Promise<Instance>;
}

export async function prepareFolderPlatform(
  payload: Payload,
  platform: PlatformSpec<unknown>,
  context: RunContext,
  { version, compared, details = {}, create }: FolderPlatform,
): Promise<PreparedPlatform> {
  const user = await checkLaunch(payload.root, platform.launch);
  const folder = join(context.folders.runtime, platform.id);
  const namespaces = join(folder, 'namespaces');
  await createNamespaceFolder(namespaces);
  const setup = { payload, platform, context, user, folder, namespaces };
  const build = { cache: context.folders.cache, signal: context.signal, log: context.log };
  return {
    facts: { accel: 'none', guest: null, version, network: 'bridge-veth', compared, details },
    marks: ['spawned', 'exec'],
    create: (instance) => create(instance, setup),
    images: () => folderFigures(payload, platform.launch, build),
    dispose: () => unmountBelow(folder),
  };
}
