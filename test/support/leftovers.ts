/**
 * What runs have left on the machine, found without any of Tare's own code: network namespaces, cgroups, mounts,
 * processes, tracing instances, devices, sockets, folders. Only runs of one sandbox are looked for, so that another Tare on the machine does
 * not disturb; which they are, their journals and leases say.
 */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface Where {
  /** The sandbox: journals and leases lie below it. */
  folder: string;
  cache: string;
  /** Where journals lie besides. */
  results?: string;
}

export async function leftovers(where: Where): Promise<string[]> {
  const { folder, cache, results = [] } = where;
  const ids = (await Promise.all([folder, results].flat().map(runIds))).flat();
  const found = await Promise.all([
    named('/run/netns', ids),
    cgroups(ids),
    named('/sys/kernel/tracing/instances', ids),
    mounts(where, ids),
    processes(where, ids),
    named('/sys/class/net', ids),
    sockets(where, ids),
    named(join(cache, 'scratch'), ids),
    named(join(folder, 'run/tare'), ids),
  ]);
  return found.flat().sort();
}

/** Ids that journals announce and lease files carry in their names. */
export async function runIds(folder: string): Promise<string[]> {
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

/** UNIX sockets of this network namespace, by the path that they are bound to. */
async function sockets({ folder }: Where, ids: readonly string[]): Promise<string[]> {
  const lines = (await readFile('/proc/net/unix', 'utf8')).split('\n');
  const paths = lines.map((line) => line.split(/ +/)[7] ?? '');
  return paths
    .filter((path) => path.startsWith(folder) || ids.some((id) => path.includes(id)))
    .map((path) => `socket ${path}`);
}

async function processes(where: Where, ids: readonly string[]): Promise<string[]> {
  const found = await processesOf(where.folder, ids);
  return found.map(({ pid, command }) => `process ${pid}: ${command.slice(0, 120)}`);
}

export interface FoundProcess {
  pid: number;
  command: string;
}

/** Whatever is in a cgroup or network namespace of the runs, or has the sandbox in its command line. */
export async function processesOf(folder: string, ids: readonly string[]): Promise<FoundProcess[]> {
  const found: FoundProcess[] = [];
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
      found.push({ pid: Number(pid), command });
    }
  }
  return found;
}
