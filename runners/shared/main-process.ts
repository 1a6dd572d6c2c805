/** Whether a box's main process is there, asked of the kernel: the box itself tells of its end only a moment later. */
import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import type { Cgroup } from '../machine/cgroup/cgroup.ts';
import type { StopSignal } from '../../scenarios/stop-signal.ts';

/**
 * Where the main process is found: it is the timed command itself, the first process of a PID namespace below this
 * one (and of none that the workload has made inside), or the kernel that gVisor runs the workload on, which ends with it.
 */
export type MainProcess = 'command' | 'first-in-namespace' | 'sandbox';

/** @returns the main process's number on this machine; null when it is gone */
export async function findMainProcess(
  main: MainProcess,
  commandPid: number,
  workload: Pick<Cgroup, 'processes'>,
): Promise<number | null> {
  if (main === 'command') return (await isRunning(commandPid)) ? commandPid : null;
  for (const pid of await workload.processes()) {
    const status = await readStatus(pid);
    const isMain = main === 'sandbox' ? await isSandbox(pid) : isFirstInNamespace(status ?? '');
    if (status !== null && isMain && !isDead(status)) return pid;
  }
  return null;
}

/**
 * Why a process takes no notice of a signal: it ignores it, although it does not block it (what is blocked waits, and small
 * inits such as tini take it from there), or it is process 1 of its namespace without a handler, where the
 * kernel takes no default action (pid_namespaces(7)).
 *
 * @returns null where the signal has an effect
 */
export async function ignoresSignal(pid: number, signal: StopSignal): Promise<string | null> {
  const status = await readStatus(pid);
  const named: Partial<Record<string, number>> = constants.signals;
  const number = named[signal] ?? Number(signal);
  if (status === null || ['SIGKILL', 'SIGSTOP'].includes(signal)) return null;
  const name = /^Name:\t(.*)$/m.exec(status)?.[1] ?? 'the workload';
  if (hasSignal(status, 'SigIgn', number)) {
    return `${name} ignores ${signal}; state a \`stop-signal\` that it handles`;
  }
  // It waits for the signal itself, or forks just now.
  if (hasSignal(status, 'SigBlk', number)) return null;
  if (!isFirstInNamespace(status) || hasSignal(status, 'SigCgt', number)) return null;
  return (
    `${name} is process 1 of its container and has no handler for ${signal}, so the kernel drops the signal; ` +
    'state a `stop-signal` that it handles, or start it by a small init such as tini'
  );
}

/** Masks such as `SigCgt: 0000000000004002`: the bit of signal n is n - 1. */
function hasSignal(status: string, mask: 'SigBlk' | 'SigIgn' | 'SigCgt', number: number): boolean {
  const hex = new RegExp(`^${mask}:\\t([0-9a-f]+)$`, 'm').exec(status)?.[1] ?? '0';
  return ((BigInt(`0x${hex}`) >> BigInt(number - 1)) & 1n) === 1n;
}

async function isRunning(pid: number): Promise<boolean> {
  const status = await readStatus(pid);
  return status !== null && !isDead(status);
}

/** A line such as `NSpid: 4711 1`: its number here, then in each namespace below. */
function isFirstInNamespace(status: string): boolean {
  return /^NSpid:\t\d+\t1$/m.test(status);
}

/** By the name that gVisor's runtime gives it. */
async function isSandbox(pid: number): Promise<boolean> {
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return commandLine.startsWith('runsc-sandbox\0');
}

/** Zombies, too: what waits to be reaped has ended. */
function isDead(status: string): boolean {
  return /^State:\t[ZXx]/m.test(status);
}

/** Null for a process that is gone. */
function readStatus(pid: number): Promise<string | null> {
  return readFile(`/proc/${pid}/status`, 'utf8').catch(() => null);
}
