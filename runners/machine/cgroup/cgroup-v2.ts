/** A cgroup as one directory of the unified hierarchy. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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
import { cgroupPressure } from './pressure.ts';

const periodUs = 100_000;
const wantedControllers = ['cpu', 'cpuset', 'memory', 'pids'];
const neededControllers = ['cpu', 'memory'];

export function cgroupV2(layout: CgroupLayout & { version: 2 }, path: string): Cgroup {
  const folder = join(layout.mount, path);
  const processes = (): Promise<number[]> => pidsBelow([folder]);
  return {
    version: 2,
    path,
    async child(name) {
      const below = join(path, name);
      await createV2(layout, below);
      return cgroupV2(layout, below);
    },
    named: (name) => cgroupV2(layout, join(path, name)),
    // The controllers are handed down, and an empty cpuset is its parent's.
    fillChildren: () => enableControllers(folder),
    setLimits: (limits) => setLimits(folder, limits),
    liftMemoryLimit: () => liftMemoryLimit(folder),
    limitProcesses: (most) => writeControl(join(folder, 'pids.max'), String(most)),
    joinFiles: () => [join(folder, 'cgroup.procs')],
    processes,
    limitsInForce: async () => limitsInForce(await processes(), layout),
    memory: () => readMemory(folder),
    usageBytes: () => readUsage(folder),
    pressure: () => cgroupPressure(folder),
    async cpuTimeMs() {
      return keyedFigure(await readControl(folder, 'cpu.stat'), 'usage_usec') / 1e3;
    },
    async kill() {
      // Linux 5.14 and newer kill the whole tree at once; what is older or still dying is seen by the loop.
      await writeControlIfPresent(join(folder, 'cgroup.kill'), '1');
      await killAll(processes, path, async () => {
        for (const each of await cgroupTree(folder)) await liftMemoryLimit(each);
      });
    },
    remove: () => removeTree(folder),
  };
}

/** Makes the directory; its parent hands the controllers down first. */
export async function createV2(layout: CgroupLayout & { version: 2 }, path: string): Promise<void> {
  const folder = join(layout.mount, path);
  await enableControllers(dirname(folder));
  await mkdir(folder);
}

async function enableControllers(folder: string): Promise<void> {
  const available = (await readControl(folder, 'cgroup.controllers')).trim().split(' ');
  const missing = neededControllers.filter((controller) => !available.includes(controller));
  if (missing.length > 0) {
    throw new Error(
      `${folder} offers no ${missing.join(' and no ')} controller; ` +
        'run Tare in a cgroup that these controllers are delegated to',
    );
  }
  const enabled = (await readControl(folder, 'cgroup.subtree_control')).trim().split(' ');
  const wanted = wantedControllers.filter((each) => available.includes(each) && !enabled.includes(each));
  if (wanted.length === 0) return;
  const file = join(folder, 'cgroup.subtree_control');
  try {
    await writeControl(file, wanted.map((controller) => `+${controller}`).join(' '));
  } catch (error) {
    throw new Error(
      `${(error as Error).message}\n  A cgroup that has processes of its own cannot hand controllers down, and in an ` +
        "unprivileged container the hierarchy is read-only: start the container with the host's cgroup namespace and " +
        'a writable /sys/fs/cgroup, or run Tare on the host',
      { cause: error },
    );
  }
}

async function setLimits(folder: string, limits: CgroupLimits): Promise<void> {
  if (limits.cpus !== null) {
    await writeControl(join(folder, 'cpu.max'), `${Math.round(limits.cpus * periodUs)} ${periodUs}`);
  }
  if (limits.memoryBytes !== null) {
    await writeControl(join(folder, 'memory.max'), String(limits.memoryBytes));
    await writeControlIfPresent(join(folder, 'memory.swap.max'), '0');
  }
  if (limits.cpuset !== null) await writeControl(join(folder, 'cpuset.cpus'), limits.cpuset.join(','));
}

function liftMemoryLimit(folder: string): Promise<void> {
  return writeControlIfPresent(join(folder, 'memory.max'), 'max');
}

async function readUsage(folder: string): Promise<number> {
  return Number(await readControl(folder, 'memory.current'));
}

async function readMemory(folder: string): Promise<CgroupMemory> {
  const usageBytes = await readUsage(folder);
  const inactive = keyedFigure(await readControl(folder, 'memory.stat'), 'inactive_file');
  const oomKills = keyedFigure(await readControl(folder, 'memory.events'), 'oom_kill');
  return { usageBytes, workingSetBytes: Math.max(0, usageBytes - inactive), oomKills };
}
