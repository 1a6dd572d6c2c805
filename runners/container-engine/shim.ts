/**
 * A container's shim belongs to its instance: it is there for this container alone. An engine starts it beside its own
 * processes, so it is moved to where the instance is counted.
 */
import { readFile, writeFile } from 'node:fs/promises';
import type { Cgroup } from '../machine/cgroup/cgroup.ts';

interface ProcessStat {
  parent: number;
  /** Of the process and of its children that have ended, milliseconds. */
  cpuMs: number;
}

/** USER_HZ, which is 100 on every architecture that Tare runs on (proc_pid_stat(5)). */
const tickMs = 10;

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
    fetched ??= move(shim, home);
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
    const parent = (await readStat(pid))?.parent ?? 0;
    if (parent > 1 && !pids.includes(parent)) return parent;
  }
  return null;
}

async function move(shim: number, home: Cgroup): Promise<number> {
  const cpuMs = (await readStat(shim))?.cpuMs ?? 0;
  try {
    for (const file of home.joinFiles()) await writeFile(file, String(shim));
  } catch (error) {
    // It has ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
  return cpuMs;
}

/** Null for a process that is gone. */
async function readStat(pid: number): Promise<ProcessStat | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return text === null ? null : parseStat(text);
}

/** Fields are counted behind the command's parenthesis, since a command may hold blanks. */
export function parseStat(text: string): ProcessStat {
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const ticks = fields.slice(11, 15).reduce((sum, each) => sum + each, 0);
  return { parent: fields[1] ?? 0, cpuMs: ticks * tickMs };
}
