/** What docker gives a container, for the boxes that Tare makes itself. */
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { resolveInside } from '../payload/inside.ts';

/** By name, without the prefix; see capabilities(7). */
export const capabilityNumbers = {
  CHOWN: 0,
  DAC_OVERRIDE: 1,
  FOWNER: 3,
  FSETID: 4,
  KILL: 5,
  SETGID: 6,
  SETUID: 7,
  SETPCAP: 8,
  NET_BIND_SERVICE: 10,
  NET_RAW: 13,
  SYS_CHROOT: 18,
  MKNOD: 27,
  AUDIT_WRITE: 29,
  SETFCAP: 31,
} as const;

/** What tells of the machine, and is empty inside. */
export const maskedPaths = [
  ...['/proc/acpi', '/proc/asound', '/proc/kcore', '/proc/keys', '/proc/latency_stats', '/proc/sched_debug'],
  ...['/proc/scsi', '/proc/timer_list', '/proc/timer_stats'],
  ...['/sys/devices/virtual/powercap', '/sys/firmware'],
];

export interface MaskedPaths {
  folders: string[];
  files: string[];
}

/** Those of this kernel. */
export async function presentMaskedPaths(): Promise<MaskedPaths> {
  const found: MaskedPaths = { folders: [], files: [] };
  for (const path of maskedPaths) {
    const there = await stat(path).catch(() => null);
    if (there !== null) (there.isDirectory() ? found.folders : found.files).push(path);
  }
  return found;
}

export const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** Who besides root may open the output again by name where a runtime or an engine has made the pipe for it: with mode 0600. */
export const ownUser = 'root and the user that the workload starts as';

/** Files that every box gets, whatever the image brings: by them it resolves `localhost` and its own name. */
function networkFiles(hostname: string, address: string): Record<string, string> {
  return {
    '/etc/hosts': [
      '127.0.0.1\tlocalhost',
      '::1\tlocalhost ip6-localhost ip6-loopback',
      'fe00::0\tip6-localnet',
      'ff00::0\tip6-mcastprefix',
      'ff02::1\tip6-allnodes',
      'ff02::2\tip6-allrouters',
      `${address}\t${hostname}`,
      '',
    ].join('\n'),
    '/etc/hostname': `${hostname}\n`,
    // An instance's network leads nowhere: there is nobody to ask.
    '/etc/resolv.conf': '# Tare: no name server can be reached from here.\n',
  };
}

/** Writes them into a root. Links in it are followed inside it, and what they lead to is made where it is missing. */
export async function writeNetworkFiles(root: string, hostname: string, address: string): Promise<void> {
  for (const [path, text] of Object.entries(networkFiles(hostname, address))) {
    const file = await resolveInside(root, path);
    await mkdir(dirname(file), { recursive: true });
    await rm(file, { force: true });
    await writeFile(file, text);
  }
}

/** The same as files beside each other, for whoever mounts them. @returns by their paths inside the box */
export async function storeNetworkFiles(
  folder: string,
  hostname: string,
  address: string,
): Promise<Record<string, string>> {
  const stored: Record<string, string> = {};
  for (const [path, text] of Object.entries(networkFiles(hostname, address))) {
    const file = join(folder, path.split('/').at(-1) ?? '');
    await writeFile(file, text);
    stored[path] = file;
  }
  return stored;
}
