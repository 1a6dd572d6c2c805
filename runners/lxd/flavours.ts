/** LXD and the daemon that came out of it, Incus: the same interface under other names. */
import { run } from '../machine/command.ts';
import { readOsRelease } from '../machine/os-release.ts';
import { findProgram } from '../machine/programs.ts';
import type { Unfit } from '../shared/prerequisites.ts';
import { installRemedy } from './install-remedy.ts';

export type DaemonName = 'lxd' | 'incus';

interface Flavour {
  title: string;
  daemon: string;
  /** Where else the daemon may be than on the PATH. */
  daemonFiles: readonly string[];
  client: string;
  /** Variables that name the daemon's folder and the client's. */
  folderVariable: string;
  clientVariable: string;
  /** Key of a container's configuration that gives it a socket to the daemon. */
  socketKey: string;
}

/**
 * Distributions keep it from everybody's PATH, as Incus advises (https://linuxcontainers.org/incus/docs/main/packaging):
 * Debian, Ubuntu and Fedora, then Arch.
 */
export const incusdFiles = ['/usr/libexec/incus/incusd', '/usr/lib/incus/incusd'];

const flavours: Record<DaemonName, Flavour> = {
  lxd: {
    title: 'LXD',
    daemon: 'lxd',
    daemonFiles: [],
    client: 'lxc',
    folderVariable: 'LXD_DIR',
    clientVariable: 'LXD_CONF',
    socketKey: 'security.devlxd',
  },
  incus: {
    title: 'Incus',
    daemon: 'incusd',
    daemonFiles: incusdFiles,
    client: 'incus',
    folderVariable: 'INCUS_DIR',
    clientVariable: 'INCUS_CONF',
    socketKey: 'security.guestapi',
  },
};

/** Both programs as they are on this machine. */
export interface Installation extends Flavour {
  daemonProgram: string;
  clientProgram: string;
  /** For instance `LXD 5.0.2`. */
  version: string;
}

export async function findInstallation(name: DaemonName): Promise<Installation | Unfit> {
  const flavour = flavours[name];
  const daemonProgram = await findFirst([flavour.daemon, ...flavour.daemonFiles]);
  const clientProgram = await findProgram(flavour.client);
  if (daemonProgram === null || clientProgram === null) {
    const missing = daemonProgram === null ? flavour.daemon : flavour.client;
    return { reason: `${missing} is not installed`, remedy: installRemedy(name, await readOsRelease()) };
  }
  try {
    const number = (await run(daemonProgram, ['--version'])).stdout.trim();
    return { ...flavour, daemonProgram, clientProgram, version: `${flavour.title} ${number}` };
  } catch (error) {
    const reason = `${flavour.daemon} does not run: ${(error as Error).message}`;
    return { reason, remedy: `reinstall ${flavour.title}` };
  }
}

async function findFirst(names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    const found = await findProgram(name);
    if (found !== null) return found;
  }
  return null;
}
