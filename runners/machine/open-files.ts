/** Limits of open files that may be handed out here. */
import { readFile } from 'node:fs/promises';
import type { OpenFileLimit } from '../runner.ts';

/** What is asked for, lower where this machine may not hand out as many. */
export async function openFileLimit(wanted: OpenFileLimit): Promise<OpenFileLimit> {
  const most = await mostOpenFiles();
  return { soft: Math.min(wanted.soft, most), hard: Math.min(wanted.hard, most) };
}

/** The kernel's own maximum for who may raise limits, else the limit of this process. */
async function mostOpenFiles(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8');
  const capabilities = BigInt(`0x${/^CapEff:\s+([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const raisesLimits = ((capabilities >> 24n) & 1n) === 1n;
  if (raisesLimits) return Number(await readFile('/proc/sys/fs/nr_open', 'utf8'));
  const match = /^Max open files\s+\S+\s+(\d+)/m.exec(await readFile('/proc/self/limits', 'utf8'));
  return match ? Number(match[1]) : Infinity;
}
