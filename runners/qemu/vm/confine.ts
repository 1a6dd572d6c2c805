/**
 * QEMU as a user of no rights, in its sandbox. A guest that breaks out of QEMU then finds itself a user who owns one
 * instance's disk and sockets, with no capability, no other program to start and few system calls.
 *
 * Such a user cannot enter the folders that hold its files, which are root's alone. So QEMU gets the files open, and knows
 * them by the names of their descriptors; its sockets it finds in its working folder.
 */
import { chmod, chown, copyFile, open, stat, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { assetFile } from '../../machine/asset.ts';
import type { Boot, DiskLayer, VmSpec } from './arguments.ts';

/** User and group of every QEMU; of a range that systemd's UIDS-GIDS leaves unused, so that nobody has it. */
export const vmUser = 60_900;

/** QEMU's own filter of system calls (qemu(1), -sandbox). */
export const sandboxArguments = [
  '-sandbox',
  'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
];

/** Makes what follows it on the command line that user's; it still dies with the harness. */
export const dropRights = [
  'setpriv',
  ...[`--reuid=${vmUser}`, `--regid=${vmUser}`, '--clear-groups', '--no-new-privs'],
  ...['--inh-caps=-all', '--bounding-set=-all', '--pdeathsig', 'KILL', '--'],
];

/** Gives that user the devices that QEMU opens by name, in a mount namespace of its own. */
export function withDevices(): string[] {
  return ['unshare', '--mount', '--', 'sh', assetFile('runners/qemu/vm/devices.sh'), String(vmUser)];
}

/** A machine's description with names of descriptors instead of paths, and the open files behind them. */
export interface Enclosed<Spec> {
  spec: Spec;
  /** In the order of their descriptors, from the first after standard error. */
  files: FileHandle[];
}

const firstDescriptor = 3;

/** Opens all files of a machine. What it writes to becomes the user's; `folder` takes copies of what the user may not read. */
export async function enclose<Spec extends Omit<VmSpec, 'sockets'>>(
  spec: Spec,
  folder: string | null,
): Promise<Enclosed<Spec>> {
  const files: FileHandle[] = [];
  const pass = async (path: string): Promise<string> => {
    files.push(await open(path, 'r'));
    return `/proc/self/fd/${firstDescriptor + files.length - 1}`;
  };
  const reading = async (path: string): Promise<string> => pass(await readable(path, folder));
  const writing = async (path: string): Promise<string> => {
    await (await open(path, 'a')).close();
    await chown(path, vmUser, vmUser);
    return pass(path);
  };
  try {
    const { overlayFile, settingsFile, ram } = spec;
    const layers: DiskLayer[] = [];
    for (const { file, format } of spec.diskLayers) layers.push({ file: await reading(file), format });
    const enclosed = {
      ...spec,
      boot: await enclosedBoot(spec.boot, reading, writing),
      overlayFile: overlayFile === null ? null : await writing(overlayFile),
      diskLayers: layers,
      settingsFile: settingsFile === null ? null : await reading(settingsFile),
      ram: ram.from === 'file' ? { ...ram, path: await writing(ram.path) } : ram,
    };
    return { spec: enclosed, files };
  } catch (error) {
    await Promise.all(files.map((file) => file.close()));
    throw error;
  }
}

async function enclosedBoot(
  boot: Boot,
  reading: (path: string) => Promise<string>,
  writing: (path: string) => Promise<string>,
): Promise<Boot> {
  if (boot.by !== 'firmware') {
    return {
      ...boot,
      kernelFile: await reading(boot.kernelFile),
      initrdFile: await reading(boot.initrdFile),
    };
  }
  if (boot.uefi === null) return boot;
  const { codeFile, variablesFile } = boot.uefi;
  return {
    ...boot,
    uefi: { codeFile: await reading(codeFile), variablesFile: await writing(variablesFile) },
  };
}

/** Ubuntu's kernels, for one, are readable by root alone: the instance then has a copy. */
export async function readable(path: string, folder: string | null): Promise<string> {
  const { mode, uid } = await stat(path);
  if ((mode & 0o004) !== 0 || uid === vmUser || folder === null) return path;
  const copy = join(folder, `readable-${basename(path)}`);
  await copyFile(path, copy);
  await chmod(copy, 0o444);
  return copy;
}
