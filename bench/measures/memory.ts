/** Memory of one running instance through every lens, at one moment. */
import { readFile } from 'node:fs/promises';
import { readRollup } from '../../runners/machine/smaps.ts';
import type { Instance } from '../../runners/runner.ts';

export interface MemoryFigure {
  metric: string;
  lens: string;
  bytes: number;
}

/**
 * @param availableBefore the host's MemAvailable right before the start, bytes
 * @returns a figure for each lens that applies to the instance
 */
export async function readMemory(instance: Instance, availableBefore: number): Promise<MemoryFigure[]> {
  // The host lens comes first: reading smaps of a large process itself takes memory for a moment.
  const host = availableBefore - (await memAvailable());
  const cgroup = await instance.cgroup.memory();
  const rollups = await Promise.all((await instance.cgroup.processes()).map((pid) => readRollup(pid)));
  const sum = { pss: 0, uss: 0, rss: 0 };
  for (const rollup of rollups) {
    if (rollup === null) continue;
    sum.pss += rollup.pssBytes;
    sum.uss += rollup.ussBytes;
    sum.rss += rollup.rssBytes;
  }
  const guest = await instance.guestMemory();
  const parts = await instance.memoryParts();
  const lenses: Record<string, number> = {
    ...sum,
    cgroup: cgroup.usageBytes,
    workingset: cgroup.workingSetBytes,
    host,
    ...(guest === null ? {} : { guest }),
    unclaimed: host - sum.pss,
  };
  return [
    ...Object.entries(lenses).map(([lens, bytes]) => ({ metric: `memory.${lens}`, lens, bytes })),
    ...parts.map(({ part, pssBytes }) => ({ metric: 'memory.part', lens: part, bytes: pssBytes })),
  ];
}

/** MemAvailable of /proc/meminfo, bytes: what could be given to new programs without swapping. */
export async function memAvailable(): Promise<number> {
  const match = /^MemAvailable:\s+(\d+) kB/m.exec(await readFile('/proc/meminfo', 'utf8'));
  if (!match) throw new Error('/proc/meminfo has no MemAvailable (Linux 3.14 or newer is needed)');
  return Number(match[1]) * 1024;
}
