/**
 * The mount namespace that a runtime runs in, and those of instances, which begin as copies of it. A runtime copies all mounts
 * for every container and reads their list several times, so what other instances need must not be among them: with a thousand
 * layers and network namespaces mounted, a start would cost several times what it costs with none.
 */
import { join } from 'node:path';
import { assetFile } from '../machine/asset.ts';
import { namespaceFolder } from '../machine/network/ip.ts';
import {
  createMountNamespace,
  createNamespaceFolder,
  type MountNamespace,
} from '../machine/mounts/mount-namespace.ts';
import type { UnmountedLayer } from '../machine/mounts/overlay.ts';
import type { Runtime } from './runtime.ts';
import { requireProgram } from '../machine/programs.ts';

/**
 * One with the machine's mounts but those that hold network namespaces (new ones would appear here, too) and what the
 * runtime must not see. It is held in `folder`, which must be leased.
 */
export async function createRuntimeNamespace(
  folder: string,
  { hiddenHierarchy, isSandbox }: Pick<Runtime, 'hiddenHierarchy' | 'isSandbox'>,
): Promise<MountNamespace> {
  await createNamespaceFolder(folder);
  const hidden = [namespaceFolder, ...(hiddenHierarchy === null ? [] : [hiddenHierarchy])];
  const script = assetFile('runners/oci/runtime-namespace.sh');
  return createMountNamespace(join(folder, 'held'), 'sh', [script, isSandbox ? 'empty' : 'keep', ...hidden]);
}

/**
 * The beginning of a command line that runs in the runtime's mount namespace.
 * @param path of that namespace
 */
export async function enterRuntimeNamespace(path: string): Promise<[string, ...string[]]> {
  return [await requireProgram('nsenter'), `--mount=${path}`];
}

/**
 * The same for an instance: in a mount namespace of its own, a copy of the runtime's that has the instance's layer besides and
 * ends with it, and in the instance's network.
 */
export async function enterInstanceNamespaces(
  path: string,
  networkNamespace: string,
  layer: Pick<UnmountedLayer, 'mountOptions' | 'merged'>,
): Promise<[string, ...string[]]> {
  const script = assetFile('runners/oci/mount-layer.sh');
  return [
    ...(await enterRuntimeNamespace(path)),
    `--net=${networkNamespace}`,
    ...['--', 'unshare', '--mount', '--', 'sh', script, layer.mountOptions, layer.merged],
  ];
}
