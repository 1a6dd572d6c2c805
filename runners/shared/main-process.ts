/** Whether a box's main process is there, asked of the kernel: the box itself tells of its end only a moment later. */
import { readFile } from 'node:fs/promises';
import type { Cgroup } from '../machine/cgroup/cgroup.ts';

/**
 * Where the main process is found: it is the timed command itself, or the first process of a PID namespace below this
 * one (and of none that the workload has made inside).
 */
export type MainProcess = 'command' | 'first-in-namespace';

/** @returns the main process's number on this machine; null when it is gone */
export async function findMainProcess(
  main: MainProcess,
  commandPid: number,
  workload: Pick<Cgroup, 'processes'>,
): Promise<number | null> {
  if (main === 'command') return (await isRunning(commandPid)) ? commandPid : null;
  for (const pid of await workload.processes()) {
    const status = await readStatus(pid);
    if (status !== null && isFirstInNamespace(status) && !isDead(status)) return pid;
  }
  return null;
}

async function isRunning(pid: number): Promise<boolean> {
  const status = await readStatus(pid);
  return status !== null && !isDead(status);
}

/** A line such as `NSpid: 4711 1`: its number here, then in each namespace below. */
function isFirstInNamespace(status: string): boolean {
  return /^NSpid:\t\d+\t1$/m.test(status);
}

/** Zombies, too: what waits to be reaped has ended. */
function isDead(status: string): boolean {
  return /^State:\t[ZXx]/m.test(status);
}

/** Null for a process that is gone. */
function readStatus(pid: number): Promise<string | null> {
  return readFile(`/proc/${pid}/status`, 'utf8').catch(() => null);
}
