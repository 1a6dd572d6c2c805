/** Limits of processes (setrlimit(2)) that may be handed out here. */
import { readFile } from 'node:fs/promises';
import type { OpenFileLimit } from '../runner.ts';

/** Names as /proc/PID/limits has them. */
const shownNames = { openFiles: 'Max open files', processes: 'Max processes' } as const;

/** What is asked for, lower where this machine may not hand out as many. */
export async function openFileLimit(wanted: OpenFileLimit): Promise<OpenFileLimit> {
  const most = await mostOf('openFiles');
  return { soft: Math.min(wanted.soft, most), hard: Math.min(wanted.hard, most) };
}

/** The most that may be handed out of it: without a bound, or the kernel's own, for who may raise limits; else the limit of this process. */
export async function mostOf(what: keyof typeof shownNames): Promise<number> {
  if (await mayRaise()) {
    return what === 'openFiles' ? Number(await readFile('/proc/sys/fs/nr_open', 'utf8')) : Infinity;
  }
  const own = new RegExp(`^${shownNames[what]}\\s+\\S+\\s+(\\d+)`, 'm');
  const match = own.exec(await readFile('/proc/self/limits', 'utf8'));
  return match ? Number(match[1]) : Infinity;
}

/** Has CAP_SYS_RESOURCE, number 24. */
async function mayRaise(): Promise<boolean> {
  const status = await readFile('/proc/self/status', 'utf8');
  const capabilities = BigInt(`0x${/^CapEff:\s+([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return ((capabilities >> 24n) & 1n) === 1n;
}
