/** What the kernel really holds processes to: a runtime may have put one where the limits that it was given do not reach. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ifGone, readControl } from './cgroup-files.ts';
import type { CgroupLayout } from './cgroup-layout.ts';

/** The least that a process's cgroup or one above it allows; Infinity: no limit. */
export interface LimitsInForce {
  /** `memory.max`, on v1 `memory.limit_in_bytes`. */
  memoryBytes: number;
  /** Quota by period of `cpu.max`, on v1 of the `cpu.cfs_…_us` files. */
  cpus: number;
}

/** One for each process that has not ended meanwhile. */
export async function limitsInForce(pids: readonly number[], layout: CgroupLayout): Promise<LimitsInForce[]> {
  const found = await Promise.all(
    pids.map(async (pid) => {
      const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => null);
      return groups === null ? [] : [await limitsOf(groups, layout)];
    }),
  );
  return found.flat();
}

/** @param groups of /proc/PID/cgroup */
export async function limitsOf(groups: string, layout: CgroupLayout): Promise<LimitsInForce> {
  const least = async (controller: string, read: (folder: string) => Promise<number>): Promise<number> => {
    const mount =
      layout.version === 2
        ? layout.mount
        : layout.hierarchies.find(({ controllers }) => controllers.includes(controller))?.mount;
    if (mount === undefined) throw new Error(`no cgroup hierarchy has the controller ${controller}`);
    const folders = upTo(mount, join(mount, pathIn(groups, layout.version === 2 ? null : controller)));
    return Math.min(Infinity, ...(await Promise.all(folders.map(read))));
  };
  const [memoryBytes, cpus] = await Promise.all([
    least('memory', layout.version === 2 ? memoryOnV2 : memoryOnV1),
    least('cpu', layout.version === 2 ? cpusOnV2 : cpusOnV1),
  ]);
  return { memoryBytes, cpus };
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
