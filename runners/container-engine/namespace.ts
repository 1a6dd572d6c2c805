/** The mount namespace of an engine that Tare starts for a run: its own /run, /dev/shm and /etc. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { assetFile } from '../machine/asset.ts';
import {
  createMountNamespace,
  createNamespaceFolder,
  type MountNamespace,
} from '../machine/mounts/mount-namespace.ts';
import { unmountBelow } from '../machine/mounts/mounts.ts';

export interface PrivatePlaces {
  /** Seen inside and outside alike; on a short path, below a leased folder. */
  kept: string;
  /** On a real disk, below a leased folder. */
  scratch: string;
  /** Folder below /var/lib that the engine writes to whatever it is told; null: none. */
  varFolder: string | null;
  /** Cgroup hierarchy that the engine's runtime must not see; null: it may see everything. */
  hiddenHierarchy: string | null;
}

export async function createEngineNamespace(places: PrivatePlaces): Promise<MountNamespace> {
  const { kept, scratch, varFolder, hiddenHierarchy } = places;
  const folder = join(scratch, 'namespace');
  await mkdir(join(folder, 'mounts'), { recursive: true });
  await createNamespaceFolder(folder);
  const script = assetFile('runners/container-engine/namespace.sh');
  const hidden = hiddenHierarchy === null ? [] : [hiddenHierarchy];
  const args = [script, kept, join(folder, 'mounts'), varFolder ?? '-', ...hidden];
  const namespace = await createMountNamespace(join(folder, 'held'), 'sh', args);
  return {
    path: namespace.path,
    async dispose() {
      await namespace.dispose();
      await unmountBelow(folder);
    },
  };
}
