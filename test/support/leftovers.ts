/**
 * What runs have left on the machine, found without any of Tare's own code: network namespaces, cgroups, mounts,
 * processes, tracing instances, scratch folders. Only runs of one sandbox are looked for, so that another Tare on the machine does
 * not disturb; which they are, their journals and leases say.
 */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface Where {
  /** The sandbox: journals and leases lie below it. */
  folder: string;
  cache: string;
}

export async function leftovers(where: Where): Promise<string[]> {
  const ids = await runIds(where.folder);
  const found = await Promise.all([
    named('/run/netns', ids),
    cgroups(ids),
    named('/sys/kernel/tracing/instances', ids),
    mounts(where, ids),
    processes(where, ids),
    named(join(where.cache, 'scratch'), ids),
  ]);
  return found.flat().sort();
}

/** Ids that journals announce and lease files carry in their names. */
async function runIds(folder: string): Promise<string[]> {
  const ids: string[] = [];
  for (const path of await readdir(folder, { recursive: true })) {
    const lease = /leases\/(\w+)\.ndjson$/.exec(path);
    if (lease?.[1] !== undefined) ids.push(lease[1]);
    if (!path.endsWith('events.ndjson')) continue;
    const text = await readFile(join(folder, path), 'utf8');
    for (const match of text.matchAll(/^\{"type":"resources","id":"(\w+)"\}$/gm)) ids.push(match[1] ?? '');
  }
  return [...new Set(ids)];
}

async function named(folder: string, ids: readonly string[]): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => ids.some((id) => name.includes(id))).map((name) => join(folder, name));
}

async function cgroups(ids: readonly string[]): Promise<string[]> {
  const root = '/sys/fs/cgroup';
  const entries = await readdir(root, { withFileTypes: true });
  const hierarchies = entries.filter((entry) => entry.isDirectory()).map((entry) => join(root, entry.name));
  return (await Promise.all([root, ...hierarchies].map((folder) => named(folder, ids)))).flat();
}

async function mounts({ folder, cache }: Where, ids: readonly string[]): Promise<string[]> {
  const lines = (await readFile('/proc/self/mounts', 'utf8')).split('\n');
  return lines
    .map((line) => line.split(' ')[1] ?? '')
    .filter((point) => point.startsWith(`${folder}/`) || ids.some((id) => point.includes(id)))
    .map((point) => `mount ${point}${point.startsWith(cache) ? ' (cache)' : ''}`);
}

/** Whatever is in a cgroup or network namespace of the runs, or has the sandbox in its command line. */
async function processes({ folder }: Where, ids: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue;
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))
      .replaceAll('\0', ' ')
      .trim();
    const root = await readlink(`/proc/${pid}/root`).catch(() => '/');
    const cgroup = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
    // A process that has ended and that the machine's init has not taken notice of yet is nothing of ours.
    if (command === '' && /^State:\s+Z/m.test(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')))
      continue;
    const isOurs = ids.some((id) => cgroup.includes(id) || command.includes(id));
    if (isOurs || root.startsWith(folder) || command.includes(folder)) {
      found.push(`process ${pid}: ${command.slice(0, 120)}`);
    }
  }
  return found;
}
