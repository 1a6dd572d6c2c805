/**
 * A container's shim belongs to its instance: it is there for this container alone. An engine starts it beside its own
 * processes, so it is moved to where the instance is counted.
 */
import { writeFile } from 'node:fs/promises';
import type { Cgroup } from '../machine/cgroup/cgroup.ts';
import { readProcessStat } from '../machine/process-stat.ts';

/**
 * The instance's cgroup, which fetches the shim before anything is read of it. The CPU time that the shim and its
 * runtime had used until then is added.
 *
 * @param workload where the container is
 * @param home where the shim is to be
 */
export function cgroupWithShim(instance: Cgroup, workload: Cgroup, home: Cgroup): Cgroup {
  let fetched: Promise<number> | null = null;
  /** Milliseconds of CPU time before the shim was fetched. */
  const fetch = async (): Promise<number> => {
    if (fetched !== null) return fetched;
    const shim = await findParent(await workload.processes());
    // Not started yet, or gone: asked again the next time.
    if (shim === null) return 0;
    fetched ??= moveProcess(shim, home);
    return fetched;
  };
  return {
    ...instance,
    async processes() {
      await fetch();
      return instance.processes();
    },
    async memory() {
      await fetch();
      return instance.memory();
    },
    async usageBytes() {
      await fetch();
      return instance.usageBytes();
    },
    async cpuTimeMs() {
      const earlierMs = await fetch();
      return earlierMs + (await instance.cpuTimeMs());
    },
  };
}

/** The one parent of these processes that is none of them. */
async function findParent(pids: readonly number[]): Promise<number | null> {
  for (const pid of pids) {
    const parent = (await readProcessStat(pid))?.parent ?? 0;
    if (parent > 1 && !pids.includes(parent)) return parent;
  }
  return null;
}

/** @returns the CPU time that it and its children had used before, milliseconds */
export async function moveProcess(shim: number, home: Cgroup): Promise<number> {
  const stat = await readProcessStat(shim);
  try {
    for (const file of home.joinFiles()) await writeFile(file, String(shim));
  } catch (error) {
    // It has ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
  return stat === null ? 0 : stat.cpuMs + stat.childrenCpuMs;
}
