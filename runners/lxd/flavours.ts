/** LXD and the daemon that came out of it, Incus: the same interface under other names. */
import { run } from '../host/command.ts';
import { readOsRelease } from '../host/os-release.ts';
import { findProgram } from '../host/programs.ts';
import type { Unfit } from '../host/prerequisites.ts';
import { installRemedy } from './install-remedy.ts';

export type DaemonName = 'lxd' | 'incus';

interface Flavour {
  title: string;
  daemon: string;
  client: string;
  /** Variables that name the daemon's folder and the client's. */
  folderVariable: string;
  clientVariable: string;
}

const flavours: Record<DaemonName, Flavour> = {
  lxd: {
    title: 'LXD',
    daemon: 'lxd',
    client: 'lxc',
    folderVariable: 'LXD_DIR',
    clientVariable: 'LXD_CONF',
  },
  incus: {
    title: 'Incus',
    daemon: 'incusd',
    client: 'incus',
    folderVariable: 'INCUS_DIR',
    clientVariable: 'INCUS_CONF',
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
  const daemonProgram = await findProgram(flavour.daemon);
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
