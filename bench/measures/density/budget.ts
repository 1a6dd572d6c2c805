/** The server that the instances of one platform share: a cgroup with the budget's limits, and what it shows. */
import { outOfMemoryKills, type OutOfMemoryKill } from '../../../runners/machine/kernel/kernel-log.ts';
import { hostPressure } from '../../../runners/machine/cgroup/pressure.ts';
import { readRollup, sumRollups, type MemoryRollup } from '../../../runners/machine/smaps.ts';
import type { Instance } from '../../../runners/runner.ts';
import type { RunResources } from '../../run/resources.ts';
import type { ResolvedDensity } from '../../../scenarios/measures/density.ts';
import { memAvailable } from '../../../runners/machine/meminfo.ts';
import { dropPageCache } from '../../run/host/page-cache.ts';
import type { RecordedDensity } from '../../record/density.ts';

type Point = RecordedDensity['curve'][number];

export interface Budget {
  /** For runners: their instances' cgroups are below the budget's. */
  context: RunResources['run'];
  /** Path of its cgroup. */
  path: string;
  /** CPU time of everything in it, milliseconds. */
  cpuTimeMs(): Promise<number>;
  /** Memory of all instances by lens, bytes. */
  memory(instances: readonly Instance[]): Promise<Record<string, number>>;
  pressure(): Promise<Point['pressure']>;
  /** Share of the memory that is in use, page cache included. */
  usedShare(): Promise<number>;
  /** What the kernel has killed in it for memory since the last call, by its own log. */
  kills(): Promise<OutOfMemoryKill[]>;
  /**
   * Takes the memory limit off while instances are removed: in an exhausted budget they would need minutes to end, and
   * the machine with them.
   */
  lift(): Promise<void>;
  /** Puts it back. False: what is up needs more than the budget. */
  impose(): Promise<boolean>;
  /** Ends and removes everything in it. */
  close(): Promise<void>;
}

/**
 * Drops the page cache first: pages that an earlier platform has read are charged to nobody, and the budget is to pay
 * for what its instances read. Swap is off in it, since the limit counts memory and swap together.
 */
export async function openBudget(
  run: RunResources['run'],
  name: string,
  limits: ResolvedDensity['budget'],
  cpuset: number[] | null,
): Promise<Budget> {
  await dropPageCache();
  const cgroup = await run.cgroup.child(name);
  const own = { cpus: limits.cpus, memoryBytes: limits.memoryBytes, cpuset };
  let isLifted = false;
  const close = async (): Promise<void> => {
    await cgroup.liftMemoryLimit();
    await cgroup.kill();
    await cgroup.remove();
  };
  try {
    await cgroup.setLimits(own);
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  const seen = new Set<string>();
  const availableBefore = await memAvailable();
  return {
    context: { ...run, cgroup, cpuset },
    path: cgroup.path,
    cpuTimeMs: () => cgroup.cpuTimeMs(),
    async memory(instances) {
      const host = availableBefore - (await memAvailable());
      const { usageBytes, workingSetBytes } = await cgroup.memory();
      // One after the other: the kernel formats every mapping, and a hundred at once would be a load of its own.
      const rollups: (MemoryRollup | null)[] = [];
      for (const pid of await cgroup.processes()) rollups.push(await readRollup(pid));
      const guest = await guestMemory(instances);
      return {
        ...sumRollups(rollups),
        cgroup: usageBytes,
        workingset: workingSetBytes,
        host,
        ...(guest === null ? {} : { guest }),
      };
    },
    async pressure() {
      const own = await cgroup.pressure();
      const found = own ?? (await hostPressure());
      return found && { source: own ? 'budget' : 'host', ...found };
    },
    async usedShare() {
      return (await cgroup.usageBytes()) / limits.memoryBytes;
    },
    async kills() {
      const kills = await outOfMemoryKills(cgroup.path);
      const fresh = kills.filter(({ lines }) => !seen.has(lines.join()));
      for (const { lines } of fresh) seen.add(lines.join());
      return fresh;
    },
    async lift() {
      if (isLifted) return;
      isLifted = true;
      await cgroup.liftMemoryLimit();
    },
    async impose() {
      if (!isLifted) return true;
      try {
        await cgroup.setLimits(own);
      } catch (error) {
        run.log.debug(`${name}: ${String(error)}`);
        return false;
      }
      isLifted = false;
      return true;
    },
    close,
  };
}

/** Null where an instance has no guest, or one does not answer: a sum of some would be no sum. */
async function guestMemory(instances: readonly Instance[]): Promise<number | null> {
  let sum = 0;
  for (const instance of instances) {
    const bytes = await instance.guestMemory().catch(() => null);
    if (bytes === null) return null;
    sum += bytes;
  }
  return instances.length === 0 ? null : sum;
}
