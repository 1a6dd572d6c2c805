/** Limits of processes (setrlimit(2)) that may be handed out here. */
import { readFile } from 'node:fs/promises';
import type { OpenFileLimit } from '../runner.ts';

/** With the name that /proc/PID/limits has for it. */
const bounds = {
  openFiles: { shownName: 'Max open files', kernelFile: '/proc/sys/fs/nr_open' },
  processes: { shownName: 'Max processes', kernelFile: '/proc/sys/kernel/pid_max' },
} as const;

/** What is asked for, lower where this machine may not hand out as many. */
export async function openFileLimit(wanted: OpenFileLimit): Promise<OpenFileLimit> {
  const most = await mostOf('openFiles');
  return { soft: Math.min(wanted.soft, most), hard: Math.min(wanted.hard, most) };
}

/**
 * The most that may be handed out of it: the kernel's own bound for who may raise limits; else also the limit of this
 * process. More processes than there are process ids are of no use, and podman and buildah lower their own limit to that
 * number: without CAP_SYS_RESOURCE they can then hand out no more.
 */
export async function mostOf(what: keyof typeof bounds): Promise<number> {
  const { shownName, kernelFile } = bounds[what];
  const kernels = Number(await readFile(kernelFile, 'utf8'));
  if (await mayRaise()) return kernels;
  const own = new RegExp(`^${shownName}\\s+\\S+\\s+(\\d+)`, 'm');
  const match = own.exec(await readFile('/proc/self/limits', 'utf8'));
  return match ? Math.min(Number(match[1]), kernels) : kernels;
}

/** Has CAP_SYS_RESOURCE, number 24. */
async function mayRaise(): Promise<boolean> {
  const status = await readFile('/proc/self/status', 'utf8');
  const capabilities = BigInt(`0x${/^CapEff:\s+([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return ((capabilities >> 24n) & 1n) === 1n;
}
