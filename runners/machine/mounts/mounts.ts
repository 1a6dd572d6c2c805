/** The mount table of this process's namespace, and the end of mounts. */
import { readFile } from 'node:fs/promises';
import { run } from '../command.ts';

export interface Mount {
  path: string;
  /** What of the file system is mounted there: `/`, or a folder in it. */
  root: string;
  type: string;
  /** Options of the file system itself, for instance the controllers of a cgroup hierarchy. */
  superOptions: string[];
}

export async function listMounts(): Promise<Mount[]> {
  return parseMountinfo(await readFile('/proc/self/mountinfo', 'utf8'));
}

/** Reads the format of proc_pid_mountinfo(5); blanks in paths are written there as `\040`. */
export function parseMountinfo(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [left, right] = line.split(' - ');
    const [, , , root, path] = left?.split(' ') ?? [];
    const [type, , superOptions] = right?.split(' ') ?? [];
    if (root === undefined || path === undefined || type === undefined) return [];
    return [
      { path: unescape(path), root: unescape(root), type, superOptions: superOptions?.split(',') ?? [] },
    ];
  });
}

/** Mount points at a path and below it, the newest first, so that they can be ended in this order. */
export async function mountsBelow(path: string): Promise<string[]> {
  const mounts = await listMounts();
  return mounts
    .map((mount) => mount.path)
    .filter((each) => each === path || each.startsWith(`${path}/`))
    .reverse();
}

/** Ends all mounts at a path and below it. One that is in use is detached: it ends with its last user. */
export async function unmountBelow(path: string): Promise<void> {
  for (const mount of await mountsBelow(path)) await unmount(mount);
}

/** Ends one mount; none there is no error. */
export async function unmount(path: string): Promise<void> {
  const { code } = await run('umount', ['--no-canonicalize', path], { accept: [0, 1, 32] });
  if (code === 0 || !(await isMounted(path))) return;
  await run('umount', ['--no-canonicalize', '--lazy', path]);
}

async function isMounted(path: string): Promise<boolean> {
  return (await listMounts()).some((mount) => mount.path === path);
}

function unescape(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
