/**
 * What systemd-nspawn is to run, as an OCI bundle. Its options could say most of it, but not the path of a network namespace
 * together with limits and capabilities as numbers.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OpenFileLimit } from '../runner.ts';
import { capabilityNumbers } from '../shared/box.ts';

export interface NspawnBundle {
  hostname: string;
  /** Absolute path of the root file system. */
  root: string;
  /** Path inside of the program that the container begins with, as root. */
  start: string;
  openFiles: OpenFileLimit;
  /** Path of the instance's network namespace. */
  networkNamespace: string;
}

/** Writes the bundle and makes what systemd-nspawn asks of every root. @returns the bundle's folder */
export async function writeBundle(folder: string, input: NspawnBundle): Promise<string> {
  // It refuses a root without /usr, whatever the program needs.
  await mkdir(join(input.root, 'usr'), { recursive: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify(bundleConfig(input)));
  return folder;
}

/** By the last one the start program mounts; it takes that off before it becomes the workload. */
const capabilities = [...Object.keys(capabilityNumbers), 'SYS_ADMIN'].map((name) => `CAP_${name}`);

/** systemd-nspawn 252 reads version 1.0.0 of the runtime specification and no later one. */
export function bundleConfig(input: NspawnBundle): Record<string, unknown> {
  const { hostname, root, start, openFiles, networkNamespace } = input;
  return {
    ociVersion: '1.0.0',
    hostname,
    root: { path: root, readonly: false },
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      args: [start],
      cwd: '/',
      rlimits: [{ type: 'RLIMIT_NOFILE', ...openFiles }],
      noNewPrivileges: false,
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
    },
    linux: {
      namespaces: [
        ...['pid', 'ipc', 'uts', 'mount', 'cgroup'].map((type) => ({ type })),
        { type: 'network', path: networkNamespace },
      ],
    },
  };
}
