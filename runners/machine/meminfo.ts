/** Memory of the whole machine, as /proc/meminfo has it (proc_meminfo(5)). */
import { readFile } from 'node:fs/promises';

/** @returns each figure by its name: bytes, or a number where the kernel counts pages, such as HugePages_Free */
export async function readMeminfo(): Promise<ReadonlyMap<string, number>> {
  return parseMeminfo(await readFile('/proc/meminfo', 'utf8'));
}

export function parseMeminfo(text: string): ReadonlyMap<string, number> {
  const lines = [...text.matchAll(/^([^:\n]+): +(\d+)( kB)?$/gm)];
  return new Map(lines.map(([, name = '', count, isKib]) => [name, Number(count) * (isKib ? 1024 : 1)]));
}

/** MemAvailable, bytes: what could be given to new programs without swapping. */
export async function memAvailable(): Promise<number> {
  const bytes = (await readMeminfo()).get('MemAvailable');
  if (bytes === undefined)
    throw new Error('/proc/meminfo has no MemAvailable (Linux 3.14 or newer is needed)');
  return bytes;
}
