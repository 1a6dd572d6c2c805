/**
 * Limits of the kernel that many instances meet before memory ends: what a run may raise is raised while it lasts, and
 * the rest is named when it is hit.
 */
import { readdir, readFile } from 'node:fs/promises';
import { exitCodes, KnownError } from '../../../scenarios/known-error.ts';
import { changeSetting, readSetting } from './kernel-setting.ts';
import type { Lease } from '../lease/lease.ts';
import type { Log } from '../log.ts';

/** The next instance does not fit for another reason than memory; the message names the limit and what raises it. */
export class KernelLimitError extends KnownError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, exitCodes.failed, options);
  }
}

/** Raised only where they are lower. */
const wanted: readonly { path: string; atLeast: number; meaning: string }[] = [
  // PID_MAX_LIMIT of 64-bit kernels. A container takes ten: its own process and the threads of its runtime.
  { path: '/proc/sys/kernel/pid_max', atLeast: 4_194_304, meaning: 'processes and threads' },
  // The default of 128 is one for each of two systemds with their services.
  { path: '/proc/sys/fs/inotify/max_user_instances', atLeast: 65_536, meaning: 'inotify instances' },
  // Permanent entries do not count, those that engines' own bridges learn do. The lower ones only start its clean-up.
  { path: '/proc/sys/net/ipv4/neigh/default/gc_thresh3', atLeast: 65_536, meaning: 'neighbour entries' },
  { path: '/proc/sys/net/ipv4/neigh/default/gc_thresh2', atLeast: 32_768, meaning: 'neighbour entries' },
  { path: '/proc/sys/net/ipv4/neigh/default/gc_thresh1', atLeast: 16_384, meaning: 'neighbour entries' },
];

/** One that may not be raised stays as it is: it may never be hit. The lease gives all of them back. */
export async function raiseKernelLimits(lease: Lease, log: Log): Promise<void> {
  for (const { path, atLeast, meaning } of wanted) {
    if (Number((await readSetting(path)) ?? Infinity) >= atLeast) continue;
    try {
      await changeSetting(path, String(atLeast), lease);
    } catch (error) {
      log.debug(`the limit of ${meaning} stays: ${String(error)}`);
    }
  }
}

/** What the kernel and its programs say when a limit of theirs, and not memory, is reached. */
const symptoms: readonly { pattern: RegExp; name: () => Promise<string> }[] = [
  { pattern: /\bEMFILE\b|too many open files(?! in system)/i, name: openFiles },
  {
    pattern: /\bENFILE\b|too many open files in system/i,
    name: () => setting('open files of the system', '/proc/sys/fs/file-max'),
  },
  {
    pattern: /\bEXFULL\b|exchange full/i,
    name: () => Promise.resolve('ports of a bridge: the kernel allows 1,023'),
  },
  {
    pattern: /neighbou?r table overflow|no buffer space available/i,
    name: () => setting('neighbour entries', '/proc/sys/net/ipv4/neigh/default/gc_thresh3'),
  },
  {
    pattern: /inotify.*(no space left|too many)|max_user_instances/i,
    name: () => setting('inotify instances', '/proc/sys/fs/inotify/max_user_instances'),
  },
  {
    pattern: /\bEAGAIN\b|resource temporarily unavailable|cannot fork|newosproc|pthread_create failed/i,
    name: tasks,
  },
];

/** @returns the error that names the limit; null where the failure shows none */
export async function kernelLimitOf(error: unknown): Promise<KernelLimitError | null> {
  const message = error instanceof Error ? error.message : String(error);
  const symptom = symptoms.find(({ pattern }) => pattern.test(message));
  if (!symptom) return null;
  return new KernelLimitError(`a limit of the kernel is reached: ${await symptom.name()}\n  ${message}`, {
    cause: error,
  });
}

async function openFiles(): Promise<string> {
  const limits = await readFile('/proc/self/limits', 'utf8');
  const most = /^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? 'unknown';
  const open = (await readdir('/proc/self/fd')).length;
  return `open files of one process (Tare has ${open} open, and RLIMIT_NOFILE is ${most}; "ulimit -Hn" raises it)`;
}

/** Which of them it was the kernel does not say. */
async function tasks(): Promise<string> {
  const all = /\/(\d+) \d+$/m.exec((await readFile('/proc/loadavg', 'utf8')).trim())?.[1] ?? 'unknown';
  const [pids, threads] = await Promise.all(
    ['pid_max', 'threads-max'].map((each) => readSetting(`/proc/sys/kernel/${each}`)),
  );
  return `processes and threads (${all} now; kernel.pid_max ${pids ?? 'unknown'}, kernel.threads-max ${threads ?? 'unknown'}, "ulimit -u", or pids.max of a cgroup above)`;
}

async function setting(meaning: string, path: string): Promise<string> {
  return `${meaning} (${path} is ${(await readSetting(path)) ?? 'unknown'})`;
}
