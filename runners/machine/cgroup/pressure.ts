/**
 * Pressure stall information: the share of time in which tasks waited for a resource (the kernel's
 * Documentation/accounting/psi.rst). `some`: at least one task waited; `full`: all that were not idle did.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Percent of the last ten seconds. */
export interface Pressure {
  memorySomeAvg10: number;
  memoryFullAvg10: number;
  /** Null where the kernel does not tell it. */
  cpuSomeAvg10: number | null;
}

/** That of the whole machine; null where the kernel has no PSI (psi=0, or older than 4.20). */
export function hostPressure(): Promise<Pressure | null> {
  return readPressure('/proc/pressure/memory', '/proc/pressure/cpu');
}

/** That of a cgroup of the unified hierarchy; null where the kernel has no PSI. */
export function cgroupPressure(folder: string): Promise<Pressure | null> {
  return readPressure(join(folder, 'memory.pressure'), join(folder, 'cpu.pressure'));
}

async function readPressure(memoryFile: string, cpuFile: string): Promise<Pressure | null> {
  // Without PSI the files are missing, or reading them is not supported.
  const [memory, cpu] = await Promise.all(
    [memoryFile, cpuFile].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  const memorySomeAvg10 = avg10(memory ?? '', 'some');
  const memoryFullAvg10 = avg10(memory ?? '', 'full');
  if (memorySomeAvg10 === null || memoryFullAvg10 === null) return null;
  return { memorySomeAvg10, memoryFullAvg10, cpuSomeAvg10: avg10(cpu ?? '', 'some') };
}

/** Microseconds so far in which some task of the machine waited, by resource; those that the kernel does not tell are missing. */
export async function hostStalls(): Promise<Record<string, number>> {
  const stalls: Record<string, number> = {};
  for (const resource of ['cpu', 'memory', 'io']) {
    const text = await readFile(`/proc/pressure/${resource}`, 'utf8').catch(() => '');
    const total = /^some .* total=(\d+)$/m.exec(text)?.[1];
    if (total !== undefined) stalls[resource] = Number(total);
  }
  return stalls;
}

/** Of a line such as `full avg10=0.12 avg60=0.05 avg300=0.01 total=24293`. */
function avg10(text: string, kind: 'some' | 'full'): number | null {
  const match = new RegExp(`^${kind} avg10=([0-9.]+) `, 'm').exec(text);
  return match ? Number(match[1]) : null;
}
