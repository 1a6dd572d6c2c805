/**
 * What systemd-nspawn is to run, as an OCI bundle. Its options could say most of it, but they take a user by name and ask
 * the payload's own `getent` for it, which small payloads do not have.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OpenFileLimit } from '../host/launch.ts';
import { withHome, type LaunchUser } from '../host/payload-launch.ts';
import type { Launch } from '../runner.ts';

export interface BundleInput {
  hostname: string;
  /** Absolute path of the root file system. */
  root: string;
  launch: Launch;
  user: LaunchUser;
  openFiles: OpenFileLimit;
  /** Path of the instance's network namespace. */
  networkNamespace: string;
}

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
  const { launch, user, openFiles } = input;
  return {
    ociVersion: '1.0.0',
    hostname: input.hostname,
    root: { path: input.root, readonly: false },
    process: {
      terminal: false,
      user: { uid: user.uid, gid: user.gid },
      args: launch.command,
      env: Object.entries(withHome(launch.environment, user)).map(([name, value]) => `${name}=${value}`),
      cwd: launch.workdir,
      rlimits: [{ type: 'RLIMIT_NOFILE', ...openFiles }],
      noNewPrivileges: false,
    },
    mounts: [],
    linux: {
      namespaces: [
        ...['pid', 'ipc', 'uts', 'mount', 'cgroup'].map((type) => ({ type })),
        { type: 'network', path: input.networkNamespace },
      ],
    },
  };
}
