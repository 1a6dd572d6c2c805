/**
 * What of ours is on the machine, found without any of Tare's own code: network namespaces, cgroups, mounts, processes
 * and tracing instances. Everything Tare creates carries `tare-` in its name or lies below the folders it was given.
 */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** @param folders folders handed to Tare (cache, runtime): mounts below them and processes using them count as ours */
export async function leftovers(folders: readonly string[]): Promise<string[]> {
  const found = await Promise.all([
    networkNamespaces(),
    cgroups('/sys/fs/cgroup'),
    mounts(folders),
    processes(folders),
    entriesBelow(folders.map((folder) => join(folder, 'scratch'))),
  ]);
  return found.flat().sort();
}

async function networkNamespaces(): Promise<string[]> {
  const names = await readdir('/run/netns').catch(() => []);
  return names.filter((name) => name.startsWith('tare-')).map((name) => `netns ${name}`);
}

async function cgroups(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const hierarchy of [root, ...(await folders(root))]) {
    for (const child of await folders(hierarchy)) {
      if (/(^|\/)tare-[^/]*$/.test(child)) found.push(`cgroup ${child}`);
    }
  }
  return [...new Set(found)];
}

async function folders(parent: string): Promise<string[]> {
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(parent, entry.name));
}

async function mounts(below: readonly string[]): Promise<string[]> {
  const lines = (await readFile('/proc/self/mounts', 'utf8')).split('\n');
  return lines
    .map((line) => line.split(' ')[1] ?? '')
    .filter(
      (point) =>
        below.some((folder) => point.startsWith(`${folder}/`)) || point.startsWith('/run/netns/tare-'),
    )
    .map((point) => `mount ${point}`);
}

/** Programs that only Tare starts here, and whatever names or has a root in our folders. */
async function processes(below: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue;
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))
      .replaceAll('\0', ' ')
      .trim();
    const root = await readlink(`/proc/${pid}/root`).catch(() => '/');
    const cgroup = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
    const isOurs =
      below.some(
        (folder) => root.startsWith(folder) || (command.includes(folder) && !command.includes('vitest')),
      ) || /\/tare-/.test(cgroup);
    if (isOurs) found.push(`process ${pid}: ${command.slice(0, 120)}`);
  }
  return found;
}

async function entriesBelow(parents: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const parent of parents) {
    for (const name of await readdir(parent).catch(() => [])) found.push(`folder ${join(parent, name)}`);
  }
  return found;
}
