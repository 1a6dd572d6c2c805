/**
 * What a runtime sees of the machine. It copies all mounts for every container and reads their list several times, so what
 * other instances need must not be among them: with a thousand layers and namespaces mounted, a start would cost several
 * times what it costs with none.
 */
import { join } from 'node:path';
import { assetFile } from '../host/asset.ts';
import { namespaceFolder } from '../host/ip.ts';
import { createMountNamespace, createNamespaceFolder, type MountNamespace } from '../host/mount-namespace.ts';
import type { UnmountedLayer } from '../host/overlay.ts';
import { requireProgram } from '../host/programs.ts';

/**
 * The machine's mounts but those that hold network namespaces (new ones would appear here, too) and what the runtime must
 * not see. It is held in `folder`, which must be leased.
 */
export async function createSurroundings(
  folder: string,
  hiddenHierarchy: string | null,
): Promise<MountNamespace> {
  await createNamespaceFolder(folder);
  const hidden = [namespaceFolder, ...(hiddenHierarchy === null ? [] : [hiddenHierarchy])];
  return createMountNamespace(join(folder, 'held'), 'umount', ['--lazy', ...hidden]);
}

/**
 * The beginning of a command line that sees what is in these surroundings.
 * @param path of the mount namespace
 */
export async function enterSurroundings(path: string): Promise<[string, ...string[]]> {
  return [await requireProgram('nsenter'), `--mount=${path}`];
}

/** The same for an instance: with its layer, which only it sees and which ends with it, and in its network. */
export async function enterWithLayer(
  path: string,
  networkNamespace: string,
  layer: UnmountedLayer,
): Promise<[string, ...string[]]> {
  const script = assetFile('runners/oci/mount-layer.sh');
  return [
    ...(await enterSurroundings(path)),
    `--net=${networkNamespace}`,
    ...['--', 'unshare', '--mount', '--', 'sh', script, layer.mountOptions, layer.merged],
  ];
}
