/** Makes a freshly installed tree independent of the machine, the mirror and the moment it was built on. */
import { chmod, chown, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { lutimesSync } from 'node:fs';
import { join } from 'node:path';
import { epochSeconds } from './epoch.ts';
import { removeInside, resolveInside } from './inside.ts';
import { withFixedTimes } from './source/keystore.ts';
import { walkPlaces } from './walk.ts';
import { removeTree } from '../machine/remove-tree.ts';

/**
 * Files that mmdebstrap copies from this machine or writes for its own mirror, and leftovers of the installation:
 * packages, indexes, logs, backup copies with the state of an earlier step.
 */
const removedPaths = [
  '/etc/hostname',
  '/etc/resolv.conf',
  '/etc/apt/sources.list',
  '/etc/passwd-',
  '/etc/group-',
  '/etc/shadow-',
  '/etc/gshadow-',
  '/etc/.pwd.lock',
  '/var/lib/dbus/machine-id',
  '/var/lib/dpkg/lock',
  '/var/lib/dpkg/lock-frontend',
  '/var/lib/dpkg/status-old',
  '/var/lib/dpkg/available',
  '/var/lib/dpkg/diversions-old',
  '/var/lib/dpkg/statoverride-old',
  '/var/lib/systemd/random-seed',
  '/var/cache/debconf/config.dat-old',
  '/var/cache/debconf/templates.dat-old',
];

/** Folders that stay, emptied. Device nodes come from the platform, not from the payload. */
const emptiedFolders = [
  '/dev',
  '/proc',
  '/run',
  '/sys',
  '/tmp',
  '/var/tmp',
  '/var/lib/apt/lists',
  '/var/lib/apt/mirrors',
  '/var/cache/apt',
  '/var/cache/ldconfig',
  '/var/cache/man',
  '/etc/apt/sources.list.d',
];

/** Every payload has these, so that each platform finds its mount points. */
const mountPoints: readonly (readonly [path: string, mode: number])[] = [
  ['/dev', 0o755],
  ['/proc', 0o555],
  ['/sys', 0o555],
  ['/run', 0o755],
  ['/tmp', 0o1777],
];

const keystorePath = '/etc/ssl/certs/java/cacerts';

export async function normalise(root: string): Promise<void> {
  for (const path of removedPaths) await removeInside(root, path);
  for (const path of emptiedFolders) await empty(await resolveInside(root, path));
  await emptyMachineId(root);
  await removeWrittenFiles(join(root, 'var/log'));
  await fixKeystore(root);
  for (const [path, mode] of mountPoints) await ensureFolder(await resolveInside(root, path), mode);
}

/** Makes the mount points that are missing; those that are there stay as they are. */
export async function addMountPoints(root: string): Promise<void> {
  for (const [path, mode] of mountPoints) {
    const folder = await resolveInside(root, path);
    if ((await lstat(folder).catch(() => null)) === null) await ensureFolder(folder, mode);
  }
}

/** Sets every file's times to the epoch; the last step, since anything done to a folder changes its time. */
export function setTimes(root: string): void {
  for (const { location } of walkPlaces(root)) lutimesSync(location, epochSeconds, epochSeconds);
}

async function empty(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) await removeTree(join(folder, name));
}

/** systemd wants the file to exist and fills an empty one at the first boot; a full one would be the same for all. */
async function emptyMachineId(root: string): Promise<void> {
  const file = await resolveInside(root, '/etc/machine-id');
  if ((await lstat(file).catch(() => null))?.isFile()) await writeFile(file, '');
}

/** Folders of a package that logs there stay (their owners matter), and so do links; files go. */
async function removeWrittenFiles(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    const stat = await lstat(path);
    if (stat.isDirectory()) await removeWrittenFiles(path);
    else if (stat.isFile()) await rm(path);
  }
}

async function fixKeystore(root: string): Promise<void> {
  const file = await resolveInside(root, keystorePath);
  const keystore = await readFile(file).catch(() => null);
  const fixed = keystore && withFixedTimes(keystore, epochSeconds * 1000);
  if (fixed) await writeFile(file, fixed);
}

async function ensureFolder(folder: string, mode: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, mode);
  await chown(folder, 0, 0);
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
