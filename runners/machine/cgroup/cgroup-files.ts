/** What the control files of both cgroup versions say, and the file operations that both need. */
import { readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../clock.ts';
import { signalProcess } from '../signal-process.ts';

/** How long processes may take to die and the kernel to let go of an empty cgroup. */
const patienceMs = 10_000;
const helpAfterMs = 1000;

/** A figure of a flat keyed file (`memory.stat`, `memory.events`, `cpu.stat`, v1's `memory.oom_control`); 0 if absent. */
export function keyedFigure(text: string, key: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${key} `));
  return line === undefined ? 0 : Number(line.slice(key.length + 1));
}

function parsePids(text: string): number[] {
  return text.split('\n').filter(Boolean).map(Number);
}

export async function readControl(...path: string[]): Promise<string> {
  return readFile(join(...path), 'utf8');
}

/** Throws an error that names the file and the value, since the kernel's own says only "invalid argument". */
export async function writeControl(file: string, value: string): Promise<void> {
  try {
    // Without creation: asked to create a file that it does not have, the kernel answers "permission denied".
    await writeFile(file, value, { flag: 'r+' });
  } catch (error) {
    throw new Error(`cannot write "${value}" to ${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** Writes a file that not every kernel has. */
export async function writeControlIfPresent(file: string, value: string): Promise<void> {
  await writeControl(file, value).catch((error: unknown) => {
    if (!isGone((error as Error).cause)) throw error;
  });
}

/** A directory and all below it, the deepest first; empty when it is not there. */
export async function cgroupTree(folder: string): Promise<string[]> {
  const names = await readdir(folder, { withFileTypes: true }).catch(ifGone([]));
  if (names.length === 0) return [];
  const below = await Promise.all(
    names.filter((name) => name.isDirectory()).map((name) => cgroupTree(join(folder, name.name))),
  );
  return [...below.flat(), folder];
}

/** Pids in these cgroup directories and below, each once. */
export async function pidsBelow(folders: readonly string[]): Promise<number[]> {
  const trees = (await Promise.all(folders.map(cgroupTree))).flat();
  const texts = await Promise.all(trees.map((each) => readControl(each, 'cgroup.procs').catch(ifGone(''))));
  return [...new Set(texts.flatMap(parsePids))].sort((a, b) => a - b);
}

/** The directory, this one or one below, that a process is in. Throws when it is in none. */
export async function holderOf(folder: string, pid: number): Promise<string> {
  for (const each of await cgroupTree(folder)) {
    const pids = parsePids(await readControl(each, 'cgroup.procs').catch(ifGone('')));
    if (pids.includes(pid)) return each;
  }
  throw new Error(`process ${pid} is not in ${folder} or below`);
}

/**
 * Sends SIGKILL until nobody is left: a process may fork while it is being killed.
 * @param help lets go of what keeps processes from ending; called when some are still there after a second
 */
export async function killAll(
  pids: () => Promise<number[]>,
  path: string,
  help: () => Promise<void>,
): Promise<void> {
  const beganAt = monotonicMs();
  let helped = false;
  for (;;) {
    const left = await pids();
    if (left.length === 0) return;
    if (left.includes(process.pid)) throw new Error(`refused to kill cgroup ${path}: Tare itself is in it`);
    for (const pid of left) signalProcess(pid, 'SIGKILL');
    const sinceMs = monotonicMs() - beganAt;
    if (sinceMs > helpAfterMs && !helped) {
      helped = true;
      await help();
    }
    if (sinceMs > patienceMs) {
      throw new Error(`processes ${left.join(', ')} in cgroup ${path} are still there after SIGKILL`);
    }
    await sleep(1);
  }
}

/** Removes a directory with its children. The kernel answers EBUSY for a moment after the last process has gone. */
export async function removeTree(folder: string): Promise<void> {
  const deadline = monotonicMs() + patienceMs;
  for (;;) {
    try {
      for (const each of await cgroupTree(folder)) await rmdir(each).catch(ifGone(undefined));
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || monotonicMs() > deadline) throw error;
      await sleep(2);
    }
  }
}

/** ENODEV is what an open control file of a removed cgroup answers. */
function isGone(error: unknown): boolean {
  return ['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** For `catch`: the value where the file or folder is not there, else the error again. */
export function ifGone<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (isGone(error)) return value;
    throw error;
  };
}
