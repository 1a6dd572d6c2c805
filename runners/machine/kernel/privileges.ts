/** What the kernel lets a process do and see: read from /proc, by whoever may read it there. */
import { readFile, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface Privileges {
  /** Effective capabilities; the kernel has some forty. */
  capabilities: number;
  /** Kinds of namespaces that are not those of the process that looks: `mnt`, `net`, `pid` … */
  namespaces: string[];
  noNewPrivileges: boolean;
  /** Whether a filter stands before its system calls. */
  isFiltered: boolean;
  /** Device nodes that it holds open, those that every program may have excepted. */
  devices: string[];
}

/** Harmless, and open in nearly everything. */
const usualDevices = /^\/dev\/(?:null|zero|full|random|urandom|tty|console|ptmx|pts\/\d+)$/;

/**
 * @param own the process that namespaces are compared with
 * @returns null where it has ended
 */
export async function readPrivileges(
  pid: number,
  own: number = process.pid,
  proc = '/proc',
): Promise<Privileges | null> {
  try {
    const status = await readFile(join(proc, String(pid), 'status'), 'utf8');
    const field = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '0';
    const namespaces: string[] = [];
    for (const kind of await readdir(join(proc, String(own), 'ns'))) {
      if (kind.endsWith('_for_children')) continue;
      const [theirs, ours] = await Promise.all(
        [pid, own].map((each) => readlink(join(proc, String(each), 'ns', kind))),
      );
      if (theirs !== ours) namespaces.push(kind);
    }
    return {
      capabilities: bits(BigInt(`0x${field('CapEff')}`)),
      namespaces,
      noNewPrivileges: field('NoNewPrivs') === '1',
      isFiltered: field('Seccomp') === '2',
      devices: await openDevices(join(proc, String(pid), 'fd')),
    };
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

async function openDevices(folder: string): Promise<string[]> {
  const targets = await Promise.all(
    // One may be closed meanwhile.
    (await readdir(folder)).map((fd) => readlink(join(folder, fd)).catch(() => '')),
  );
  return [...new Set(targets)].filter((path) => path.startsWith('/dev/') && !usualDevices.test(path)).sort();
}

function bits(mask: bigint): number {
  return mask.toString(2).replaceAll('0', '').length;
}
