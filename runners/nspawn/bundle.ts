/**
 * What systemd-nspawn is to run, as an OCI bundle. Its options could say most of it, but they take a user by name and ask
 * the payload's own `getent` for it, which small payloads do not have.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { capabilityNumbers, maskedPaths, readonlyPaths } from '../shared/box.ts';
import { bundleParts, type BundleInput } from '../oci/spec.ts';

/** Writes the bundle and makes what systemd-nspawn asks of every root. @returns the bundle's folder */
export async function writeBundle(folder: string, input: BundleInput): Promise<string> {
  // It refuses a root without /usr, whatever the program needs.
  await mkdir(join(input.root, 'usr'), { recursive: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify(bundleConfig(input)));
  return folder;
}

/** systemd-nspawn 252 reads version 1.0.0 of the runtime specification and no later one. */
export function bundleConfig(input: BundleInput): Record<string, unknown> {
  const { namespaces, process, ...rest } = bundleParts(input);
  const capabilities = Object.keys(capabilityNumbers).map((name) => `CAP_${name}`);
  return {
    ociVersion: '1.0.0',
    ...rest,
    process: {
      ...process,
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
    },
    mounts: [
      {
        destination: '/dev/shm',
        type: 'tmpfs',
        source: 'shm',
        options: ['nosuid', 'noexec', 'nodev', 'mode=1777', `size=${input.launch.box.shmSizeBytes}`],
      },
    ],
    linux: {
      namespaces: [...namespaces, { type: 'cgroup' }],
      maskedPaths,
      readonlyPaths,
    },
  };
}
