/** What the kernel tells of a process in /proc/PID/stat, see proc_pid_stat(5). */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

export interface ProcessStat {
  /** Name of the program, at most 15 bytes. */
  name: string;
  /** One letter; `Z` for a zombie. */
  state: string;
  parent: number;
  /** Of the process, milliseconds. */
  cpuMs: number;
  /** Of its children that have ended and were waited for, milliseconds. */
  childrenCpuMs: number;
  /** Clock ticks since boot at which it started. */
  startTicks: string;
}

/** USER_HZ, which is 100 on every architecture that Tare runs on. */
const tickMs = 10;

/** Null for a process that is gone. */
export async function readProcessStat(pid: number): Promise<ProcessStat | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return text === null ? null : parseProcessStat(text);
}

/** The same at once, for what must not be interrupted. */
export function readProcessStatSync(pid: number): ProcessStat | null {
  try {
    return parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return null;
  }
}

/** Fields are counted behind the name's parenthesis, since a name may hold blanks and parentheses. */
export function parseProcessStat(text: string): ProcessStat {
  const end = text.lastIndexOf(')');
  const fields = text.slice(end + 2).split(' ');
  const ms = (field: number): number => Number(fields[field]) * tickMs;
  return {
    name: text.slice(text.indexOf('(') + 1, end),
    state: fields[0] ?? '',
    parent: Number(fields[1]),
    cpuMs: ms(11) + ms(12),
    childrenCpuMs: ms(13) + ms(14),
    startTicks: fields[19] ?? '',
  };
}
