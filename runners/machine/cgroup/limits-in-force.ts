/** What the kernel really holds processes to: a runtime may have put one where the limits that it was given do not reach. */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ifGone, readControl } from './cgroup-files.ts';
import type { CgroupLayout, HierarchyMount } from './cgroup-layout.ts';

/** The least that a process's cgroup or one above it allows; Infinity: no limit. */
export interface LimitsInForce {
  /** `memory.max`, on v1 `memory.limit_in_bytes`. */
  memoryBytes: number;
  /** Quota by period of `cpu.max`, on v1 of the `cpu.cfs_…_us` files. */
  cpus: number;
}

/** One for each process that has not ended meanwhile, and whose cgroups are to be seen here. */
export async function limitsInForce(pids: readonly number[], layout: CgroupLayout): Promise<LimitsInForce[]> {
  const found = await Promise.all(
    pids.map(async (pid) => {
      const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => null);
      return groups === null ? null : limitsOf(groups, layout);
    }),
  );
  return found.filter((each) => each !== null);
}

/**
 * @param groups of /proc/PID/cgroup
 * @returns null where one of its cgroups is not below what is mounted
 */
export async function limitsOf(groups: string, layout: CgroupLayout): Promise<LimitsInForce | null> {
  const foldersOf = (controller: string): string[] | null => {
    const hierarchy =
      layout.version === 2
        ? layout
        : layout.hierarchies.find(({ controllers }) => controllers.includes(controller));
    if (hierarchy === undefined) throw new Error(`no cgroup hierarchy has the controller ${controller}`);
    const folder = folderOf(hierarchy, pathIn(groups, layout.version === 2 ? null : controller));
    return folder === null ? null : upTo(hierarchy.mount, folder);
  };
  const [ofMemory, ofCpus] = [foldersOf('memory'), foldersOf('cpu')];
  if (ofMemory === null || ofCpus === null) return null;
  const [memoryBytes, cpus] = await Promise.all([
    least(ofMemory, layout.version === 2 ? memoryOnV2 : memoryOnV1),
    least(ofCpus, layout.version === 2 ? cpusOnV2 : cpusOnV1),
  ]);
  return { memoryBytes, cpus };
}

async function least(folders: readonly string[], read: (folder: string) => Promise<number>): Promise<number> {
  return Math.min(Infinity, ...(await Promise.all(folders.map(read))));
}

/**
 * @param path as /proc/PID/cgroup has it; above the root of this process's cgroup namespace it begins with `/..`
 */
function folderOf({ mount, root }: HierarchyMount, path: string): string | null {
  if (path === root) return mount;
  const above = root === '/' ? '' : root;
  const below = path.startsWith(`${above}/`) ? path.slice(above.length) : '/..';
  return below === '/..' || below.startsWith('/../') ? null : mount + below;
}

/**
 * @param groups of /proc/PID/cgroup
 * @param controller null: of the unified hierarchy
 */
function pathIn(groups: string, controller: string | null): string {
  for (const line of groups.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controller === null ? controllers === '' : controllers?.split(',').includes(controller))
      return path ?? '/';
  }
  return '/';
}

/** The folder and those above it; without the hierarchy's root, which has no limits. */
function upTo(mount: string, folder: string): string[] {
  return folder === mount || !folder.startsWith(`${mount}/`) ? [] : [folder, ...upTo(mount, dirname(folder))];
}

/** A cgroup that is gone has had nobody to limit, and one without the controller limits nothing. */
function read(...path: string[]): Promise<string | null> {
  return readControl(...path).catch(ifGone(null));
}

async function memoryOnV2(folder: string): Promise<number> {
  return limit(await read(folder, 'memory.max'));
}

/** Without a limit it is the largest number of pages, which is more than any machine has. */
async function memoryOnV1(folder: string): Promise<number> {
  return limit(await read(folder, 'memory.limit_in_bytes'));
}

async function cpusOnV2(folder: string): Promise<number> {
  const [quota = null, period = null] = (await read(folder, 'cpu.max'))?.split(' ') ?? [];
  return limit(quota) / Number(period ?? 1);
}

async function cpusOnV1(folder: string): Promise<number> {
  const [quota = null, period = null] = await Promise.all(
    ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map((file) => read(folder, file)),
  );
  return limit(quota) / Number(period ?? 1);
}

/** `max` and -1 are none. */
function limit(text: string | null): number {
  const value = Number(text ?? NaN);
  return value >= 0 ? value : Infinity;
}
