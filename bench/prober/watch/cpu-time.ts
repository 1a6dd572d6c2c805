/** How much CPU time an instance has used, by its cgroup's path. */
import { openRunCgroup } from '../../../runners/machine/cgroup/cgroup.ts';

/** @returns null where it is not known */
export async function cpuTimeOf(path: string): Promise<number | null> {
  try {
    const cgroup = await openRunCgroup(path);
    return await cgroup.cpuTimeMs();
  } catch {
    return null;
  }
}
