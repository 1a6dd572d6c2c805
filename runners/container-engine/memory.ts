import type { Cgroup } from '../machine/cgroup/cgroup.ts';
import { readRollup, sumRollups } from '../machine/smaps.ts';

/** Proportional set size of an engine's own processes, bytes: what it takes before the first container runs. */
export async function engineMemory(cgroup: Cgroup): Promise<number> {
  const rollups = await Promise.all((await cgroup.processes()).map((pid) => readRollup(pid)));
  return sumRollups(rollups).pss;
}
