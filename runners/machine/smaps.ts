/** Memory of one process as the kernel accounts it in /proc/PID/smaps and smaps_rollup, in bytes. */
import { readFile } from 'node:fs/promises';

export interface MemoryRollup {
  /** Shared pages divided by the number of their users. */
  pssBytes: number;
  rssBytes: number;
  /** Private pages only: what would be freed if the process ended. */
  ussBytes: number;
  swapPssBytes: number;
}

export interface Mapping {
  sizeBytes: number;
  pssBytes: number;
  /** Pages that no file holds, among them a private mapping's own copies of a file's pages. */
  anonymousBytes: number;
  /** For instance `rw-p`. */
  permissions: string;
  /** File, `[heap]` and so on; empty for anonymous memory. */
  name: string;
}

/** Sums over a process's mappings; null when the process is gone. */
export async function readRollup(pid: number): Promise<MemoryRollup | null> {
  const text = await readProcess(pid, 'smaps_rollup');
  return text === null ? null : parseRollup(text);
}

/** Of several processes together, bytes; one that is gone takes none. */
export function sumRollups(rollups: readonly (MemoryRollup | null)[]): {
  pss: number;
  uss: number;
  rss: number;
} {
  const sum = { pss: 0, uss: 0, rss: 0 };
  for (const rollup of rollups) {
    sum.pss += rollup?.pssBytes ?? 0;
    sum.uss += rollup?.ussBytes ?? 0;
    sum.rss += rollup?.rssBytes ?? 0;
  }
  return sum;
}

/** Each mapping of a process; null when the process is gone. Slower than the sums: the kernel formats every one. */
export async function readMappings(pid: number): Promise<Mapping[] | null> {
  const text = await readProcess(pid, 'smaps');
  return text === null ? null : parseMappings(text);
}

/** Null for a process without memory (a zombie), whose file has no content. */
export function parseRollup(text: string): MemoryRollup | null {
  const bytes = fields(text);
  const pss = bytes.get('Pss');
  if (pss === undefined) return null;
  const huge = hugePages(bytes);
  return {
    pssBytes: pss + huge,
    rssBytes: (bytes.get('Rss') ?? 0) + huge,
    ussBytes: (bytes.get('Private_Clean') ?? 0) + (bytes.get('Private_Dirty') ?? 0) + huge,
    swapPssBytes: bytes.get('SwapPss') ?? 0,
  };
}

export function parseMappings(text: string): Mapping[] {
  const mappings: Mapping[] = [];
  // A mapping begins with a line such as "7f00-7f80 rw-p 00000000 00:00 0   [heap]"; its fields follow.
  const starts = [...text.matchAll(/^[0-9a-f]+-[0-9a-f]+ (\S{4}) \S+ \S+ \d+(?: +(.*))?$/gm)];
  for (const [index, start] of starts.entries()) {
    const bytes = fields(text.slice(start.index, starts[index + 1]?.index ?? text.length));
    mappings.push({
      sizeBytes: bytes.get('Size') ?? 0,
      pssBytes: (bytes.get('Pss') ?? 0) + hugePages(bytes),
      anonymousBytes: bytes.get('Anonymous') ?? 0,
      permissions: start[1] ?? '',
      name: start[2] ?? '',
    });
  }
  return mappings;
}

/** The kernel counts pages of hugetlbfs in neither Rss nor Pss (proc_pid_smaps(5)); those of one process are its own. */
function hugePages(bytes: Map<string, number>): number {
  return bytes.get('Private_Hugetlb') ?? 0;
}

function fields(text: string): Map<string, number> {
  const found = text.matchAll(/^(\w+): +(\d+) kB$/gm);
  return new Map([...found].map(([, name, kib]) => [name ?? '', Number(kib) * 1024]));
}

async function readProcess(pid: number, file: string): Promise<string | null> {
  try {
    return await readFile(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}
