/** A cgroup as one path in several v1 hierarchies. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cgroup, CgroupLimits, CgroupMemory } from './cgroup.ts';
import {
  cgroupTree,
  keyedFigure,
  killAll,
  pidsBelow,
  readControl,
  removeTree,
  writeControl,
  writeControlIfPresent,
} from './cgroup-files.ts';
import type { CgroupLayout } from './cgroup-layout.ts';
import { limitsInForce } from './limits-in-force.ts';

/** The kernel's default. For each word on it, and on the quota, the kernel goes through all cgroups of the machine. */
const periodUs = 100_000;

export function cgroupV1(layout: CgroupLayout & { version: 1 }, path: string): Cgroup {
  const folders = layout.hierarchies.map(({ mount }) => join(mount, path));
  const processes = (): Promise<number[]> => pidsBelow(folders);
  /** Everything joins all hierarchies, so one of them tells whether somebody is left, and only the last word is of all. */
  const anyOf = async (): Promise<number[]> => {
    const some = await pidsBelow([folderOf(layout, 'memory', path)]);
    return some.length > 0 ? some : processes();
  };
  return {
    version: 1,
    path,
    async child(name) {
      const below = join(path, name);
      await createV1(layout, below);
      return cgroupV1(layout, below);
    },
    named: (name) => cgroupV1(layout, join(path, name)),
    fillChildren: () => Promise.resolve(),
    setLimits: (limits) => setLimits(limits, (controller) => folderOf(layout, controller, path)),
    liftMemoryLimit: () => liftMemoryLimit(folderOf(layout, 'memory', path)),
    limitProcesses: (most) => writeControl(join(folderOf(layout, 'pids', path), 'pids.max'), String(most)),
    joinFiles: () => folders.map((folder) => join(folder, 'cgroup.procs')),
    processes,
    limitsInForce: async () => limitsInForce(await processes(), layout),
    memory: () => readMemory(folderOf(layout, 'memory', path)),
    usageBytes: () => readUsage(folderOf(layout, 'memory', path)),
    pressure: () => Promise.resolve(null),
    async cpuTimeMs() {
      return Number(await readControl(folderOf(layout, 'cpuacct', path), 'cpuacct.usage')) / 1e6;
    },
    async kill() {
      // A frozen process dies only once it is thawed; a runtime that was killed may have left it frozen.
      if (hasController(layout, 'freezer')) {
        for (const folder of await cgroupTree(folderOf(layout, 'freezer', path))) {
          await writeControlIfPresent(join(folder, 'freezer.state'), 'THAWED');
        }
      }
      await killAll(anyOf, path, async () => {
        for (const folder of await cgroupTree(folderOf(layout, 'memory', path)))
          await liftMemoryLimit(folder);
      });
    },
    async remove() {
      const mounts = [...layout.hierarchies.map(({ mount }) => mount), ...layout.others];
      await Promise.all(mounts.map((mount) => removeTree(join(mount, path))));
    },
  };
}

/** The run's own, directly below the roots: whatever is made below it begins with a copy of its parent's CPUs. */
export async function createRunV1(layout: CgroupLayout & { version: 1 }, path: string): Promise<void> {
  await createV1(layout, path);
  const folder = folderOf(layout, 'cpuset', path);
  // Both start empty on v1, and nobody can join before they are filled (cpuset(7)).
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    await writeControl(join(folder, file), (await readControl(folder, '..', file)).trim());
  }
  // The kernel then copies them, and this setting itself, to each new child.
  await writeControl(join(folder, 'cgroup.clone_children'), '1');
}

async function createV1(layout: CgroupLayout & { version: 1 }, path: string): Promise<void> {
  await Promise.all(layout.hierarchies.map(({ mount }) => mkdir(join(mount, path))));
}

async function setLimits(limits: CgroupLimits, folder: (controller: string) => string): Promise<void> {
  if (limits.cpus !== null) {
    const quotaUs = Math.round(limits.cpus * periodUs);
    await writeControl(join(folder('cpu'), 'cpu.cfs_quota_us'), String(quotaUs));
  }
  if (limits.memoryBytes !== null) {
    const bytes = String(limits.memoryBytes);
    await writeControl(join(folder('memory'), 'memory.limit_in_bytes'), bytes);
    // Memory and swap together: as much as memory alone means no swap. Absent without swap accounting.
    await writeControlIfPresent(join(folder('memory'), 'memory.memsw.limit_in_bytes'), bytes);
  }
  if (limits.cpuset !== null)
    await writeControl(join(folder('cpuset'), 'cpuset.cpus'), limits.cpuset.join(','));
}

/** Memory and swap together first: the kernel refuses a limit above it. */
async function liftMemoryLimit(folder: string): Promise<void> {
  await writeControlIfPresent(join(folder, 'memory.memsw.limit_in_bytes'), '-1');
  await writeControlIfPresent(join(folder, 'memory.limit_in_bytes'), '-1');
}

async function readUsage(folder: string): Promise<number> {
  return Number(await readControl(folder, 'memory.usage_in_bytes'));
}

async function readMemory(folder: string): Promise<CgroupMemory> {
  const usageBytes = await readUsage(folder);
  const inactive = keyedFigure(await readControl(folder, 'memory.stat'), 'total_inactive_file');
  // On v1 the kernel counts a kill in the victim's own cgroup only, so the children's counts are added.
  const texts = await Promise.all(
    (await cgroupTree(folder)).map((each) => readControl(each, 'memory.oom_control')),
  );
  const oomKills = texts.reduce((sum, text) => sum + keyedFigure(text, 'oom_kill'), 0);
  return { usageBytes, workingSetBytes: Math.max(0, usageBytes - inactive), oomKills };
}

function hasController(layout: CgroupLayout & { version: 1 }, controller: string): boolean {
  return layout.hierarchies.some(({ controllers }) => controllers.includes(controller));
}

function folderOf(layout: CgroupLayout & { version: 1 }, controller: string, path: string): string {
  const hierarchy = layout.hierarchies.find(({ controllers }) => controllers.includes(controller));
  if (!hierarchy) throw new Error(`no cgroup hierarchy has the controller ${controller}`);
  return join(hierarchy.mount, path);
}
