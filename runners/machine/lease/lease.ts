/**
 * The lease of a run: a list, on disk, of everything the run creates outside its own directory. An entry is written
 * and flushed *before* the thing exists, so that `tare clean` can remove what a killed run left behind.
 *
 * The file has one JSON object a line: the owner first, then what was added and dropped.
 */
import { readFileSync } from 'node:fs';
import { constants, mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { readProcessStatSync } from '../process-stat.ts';
import { basename, join } from 'node:path';

export type LeaseEntry =
  /** A cgroup (on v1: of that path in every hierarchy) with all its processes and children. */
  | { kind: 'cgroup'; path: string }
  /** A named network namespace with all processes in it and every device that lives in it. */
  | { kind: 'netns'; name: string }
  /** A mount point. */
  | { kind: 'mount'; path: string }
  /** A folder with all mounts below it. */
  | { kind: 'folder'; path: string }
  /** A tracing instance in tracefs. */
  | { kind: 'tracer'; name: string }
  /** A setting of the kernel, and what it was before. */
  | { kind: 'setting'; path: string; from: string; to: string }
  /** What a run has made in the user's docker engine, known by the run's name; the path is the engine's socket. */
  | { kind: 'engine'; path: string; name: string };

export interface Lease {
  readonly file: string;
  /** Resolves when the entry is safely on disk. */
  add(entry: LeaseEntry): Promise<void>;
  /** The thing is gone; the entry need not be cleaned any more. */
  drop(entry: LeaseEntry): Promise<void>;
}

/** A lease as it is found on disk. */
export interface FoundLease {
  file: string;
  runId: string;
  /** Owner; with its start time, since process ids are used again. */
  pid: number;
  startTicks: string;
  bootId: string;
  /** What was added and not dropped, in the order of adding. */
  entries: LeaseEntry[];
}

type Line =
  Pick<FoundLease, 'runId' | 'pid' | 'startTicks' | 'bootId'> | { add: LeaseEntry } | { drop: LeaseEntry };

/** Opens the lease of a run that this process owns. Throws when the state folder cannot be written. */
export async function openLease(stateFolder: string, runId: string): Promise<Lease> {
  const folder = leaseFolder(stateFolder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${runId}.ndjson`);
  const owner = {
    runId,
    pid: process.pid,
    startTicks: startTicksOf(process.pid) ?? '',
    bootId: currentBootId(),
  };
  // Under a temporary name first, so that no lease without an owner can be found.
  const temporary = `${file}.tmp`;
  await append(temporary, owner, constants.O_CREAT | constants.O_EXCL);
  await rename(temporary, file);
  return {
    file,
    add: (entry) => append(file, { add: entry }),
    drop: async (entry) => {
      // A lease that was released meanwhile has nothing left to drop.
      await append(file, { drop: entry }).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      });
    },
  };
}

/** All leases in a state folder, the living ones included. */
export async function listLeases(stateFolder: string): Promise<FoundLease[]> {
  const folder = leaseFolder(stateFolder);
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  const found = await Promise.all(
    names.filter((name) => name.endsWith('.ndjson')).map((name) => readLease(join(folder, name))),
  );
  return found.filter((lease) => lease !== null);
}

/** Whether the process that opened the lease still runs. */
export function isOwnerAlive(lease: FoundLease): boolean {
  return lease.bootId === currentBootId() && startTicksOf(lease.pid) === lease.startTicks;
}

/** @returns null when the lease is gone, for instance released by another `tare clean` */
export async function readLease(file: string): Promise<FoundLease | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return parseLease(file, text);
}

export function parseLease(file: string, text: string): FoundLease {
  const lease: FoundLease = {
    file,
    runId: basename(file, '.ndjson'),
    pid: 0,
    startTicks: '',
    bootId: '',
    entries: [],
  };
  const entries = new Map<string, LeaseEntry>();
  for (const line of text.split('\n')) {
    const parsed = parseLine(line);
    if (parsed === null) continue;
    if ('add' in parsed) entries.set(keyOf(parsed.add), parsed.add);
    else if ('drop' in parsed) entries.delete(keyOf(parsed.drop));
    else Object.assign(lease, parsed);
  }
  return { ...lease, entries: [...entries.values()] };
}

/** Changes with every boot; after one, nothing but files is left of a run. */
export function currentBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function leaseFolder(stateFolder: string): string {
  return join(stateFolder, 'leases');
}

/** A line that was cut off by a kill or a full disk was never acted upon: the thing follows its entry. */
function parseLine(line: string): Line | null {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return null;
  }
}

function keyOf(entry: LeaseEntry): string {
  return `${entry.kind} ${'path' in entry ? entry.path : entry.name}`;
}

/** Only creates the file when asked to: an entry that is added after the release must fail, not be forgotten. */
async function append(file: string, line: Line, creation = 0): Promise<void> {
  const handle = await open(file, constants.O_WRONLY | constants.O_APPEND | creation, 0o600);
  try {
    // The line feed in front keeps a line that was cut off from swallowing this one.
    await handle.write(`\n${JSON.stringify(line)}\n`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Its state, once it has ended and its parent has not yet asked how: a container's process 1 may never do so. */
const zombie = 'Z';

/** Start time in clock ticks since boot; null when the process does not run. */
function startTicksOf(pid: number): string | null {
  const stat = readProcessStatSync(pid);
  return stat === null || stat.state === zombie ? null : stat.startTicks;
}
