/** Undoes what a lease lists: at the end of a run, and for a run that was killed. */
import { rm, stat, unlink } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeFromEngine } from '../../docker/remove.ts';
import { openRunCgroup } from '../cgroup/cgroup.ts';
import { run } from '../command.ts';
import { restoreSetting } from '../kernel/kernel-setting.ts';
import { currentBootId, readLease, type LeaseEntry } from './lease.ts';
import type { Log } from '../log.ts';
import { mountsBelow, unmount, unmountBelow } from '../mounts/mounts.ts';
import { namespaceFolder } from '../network/ip.ts';
import { removeTracingInstance } from '../kernel/tracing-instance.ts';
import { removeTree } from '../remove-tree.ts';

/** What an engine keeps comes back with it. */
const outlivesBoot: readonly LeaseEntry['kind'][] = ['folder', 'engine'];
const attempts = 5;
const pauseMs = 100;

/**
 * Removes every open entry, the last one first, and the lease itself once nothing is left. What is gone already is
 * no error, so that it can be called again.
 * @returns what could not be removed, a line each with its reason
 */
export async function releaseLease(file: string, log: Log): Promise<string[]> {
  const lease = await readLease(file);
  if (lease === null) return [];
  const hasRebooted = lease.bootId !== currentBootId();
  const entries = lease.entries
    .filter((entry) => !hasRebooted || outlivesBoot.includes(entry.kind))
    .reverse();
  // All processes first: one that still runs keeps mounts and tracers busy that are released before it.
  for (const entry of entries) {
    await endProcesses(entry).catch((error: unknown) => {
      log.debug(`ending the processes of ${describe(entry)}: ${String(error)}`);
    });
  }
  const remains: string[] = [];
  for (const entry of entries) {
    try {
      await undoPatiently(entry);
      log.debug(`removed ${describe(entry)}`);
    } catch (error) {
      remains.push(`${describe(entry)}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (remains.length === 0) await rm(file, { force: true });
  return remains;
}

async function endProcesses(entry: LeaseEntry): Promise<void> {
  if (entry.kind === 'cgroup') await (await openRunCgroup(entry.path)).kill();
  if (entry.kind === 'netns' && (await exists(join(namespaceFolder, entry.name)))) {
    checkName(entry.name);
    const { stdout } = await run('ip', ['netns', 'pids', entry.name]);
    for (const pid of stdout.split('\n').filter(Boolean).map(Number)) {
      if (pid !== process.pid) endProcess(pid);
    }
  }
}

async function undoPatiently(entry: LeaseEntry): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await undo(entry);
      return;
    } catch (error) {
      if (attempt === attempts) throw error;
      await sleep(pauseMs);
    }
  }
}

async function undo(entry: LeaseEntry): Promise<void> {
  switch (entry.kind) {
    case 'cgroup': {
      const cgroup = await openRunCgroup(entry.path);
      await cgroup.kill();
      await cgroup.remove();
      return;
    }
    case 'netns':
      checkName(entry.name);
      await removeNamespace(entry.name);
      return;
    case 'mount':
      checkFolder(entry.path);
      await unmount(entry.path);
      return;
    case 'folder':
      checkFolder(entry.path);
      await removeFolder(entry.path);
      return;
    case 'tracer':
      checkName(entry.name);
      await removeTracingInstance(entry.name);
      return;
    case 'setting':
      await restoreSetting(entry);
      return;
    case 'engine':
      checkName(entry.name);
      await removeFromEngine(entry.path, entry.name);
      return;
  }
}

/** A kill between the two steps of `ip netns add` leaves the name without a namespace: then only the name goes. */
async function removeNamespace(name: string): Promise<void> {
  const path = join(namespaceFolder, name);
  if (!(await exists(path))) return;
  await unmount(path);
  await unlink(path).catch(ignoreMissing);
}

/** Never removes through a mount that could not be ended: what is behind it is not the run's. */
async function removeFolder(path: string): Promise<void> {
  await unmountBelow(path);
  const left = await mountsBelow(path);
  if (left.length > 0) throw new Error(`still mounted: ${left.join(', ')}`);
  await removeTree(path);
}

/** A lease is a file that anything may have happened to: it must not make Tare remove what is not its own. */
function checkFolder(path: string): void {
  if (!isAbsolute(path) || normalize(path) !== path || path.split('/').length < 3) {
    throw new Error('the lease names no folder that a run may own');
  }
}

function checkName(name: string): void {
  if (!/^tare-[\w.-]+$/.test(name)) throw new Error('the lease names nothing of Tare’s (tare-…)');
}

function describe(entry: LeaseEntry): string {
  return `${entry.kind} ${'path' in entry ? entry.path : entry.name}`;
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    ignoreMissing(error);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function ignoreMissing(error: unknown): void {
  if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
}
