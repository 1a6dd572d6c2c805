/**
 * The full guest's system: Debian with its kernel, initramfs and systemd, made into two partitions, one to boot from
 * and one with the system. The payload is none of it: it has a partition of its own, with the same bytes as the
 * minimal guest's disk. So the system is built once for all payloads, and cached.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assetFile } from '../../machine/asset.ts';
import { makeEntry } from '../../payload/cache-entry.ts';
import { installDebian } from '../../payload/source/debian.ts';
import { makeExt4 } from '../../payload/disk/ext4.ts';
import { normalise, setTimes } from '../../payload/normalise.ts';
import type { DebianSource } from '../../payload/source/source.ts';
import { walk } from '../../payload/walk.ts';
import type { GuestKitContext } from '../guest/guest-kit.ts';
import type { QemuOptions } from '../options.ts';
import { loaderConfig, loaderEntry, makeBootFiles, syslinuxConfig } from './boot-files.ts';
import { addSystemFiles, links, scripts, systemUuid, textFiles } from './system-files.ts';
import { removeTree } from '../../machine/remove-tree.ts';

export interface FullSystem {
  /** Partitions as files. */
  bootFile: string;
  systemFile: string;
  /** What the BIOS runs first. */
  bootProgramFile: string;
  kernelRelease: string;
  /** Sum of the sizes of the system's files and of the boot partition. */
  bytes: number;
  /** `sha256:…` over both partitions. */
  digest: string;
}

/** Raised when another way of making the system must not meet an old cache entry. */
const builderVersion = 1;
const packages = [
  'linux-image-cloud-amd64',
  'initramfs-tools',
  'zstd',
  'systemd-sysv',
  'udev',
  'dbus',
  'iproute2',
  'cpio',
  'syslinux-common',
  'systemd-boot-efi',
];

/** What mmdebstrap is asked for. */
export function systemPackages(
  suite: QemuOptions['suite'],
): Pick<DebianSource, 'suite' | 'variant' | 'packages'> {
  return { suite, variant: 'minbase', packages };
}

/** The cached system, or a new one. Throws when packages cannot be fetched, a program is missing, the disk is full. */
export async function fullSystem(suite: QemuOptions['suite'], context: GuestKitContext): Promise<FullSystem> {
  const folder = join(context.cache, 'guests', `full-${await systemKey(suite)}`);
  const cached = await readSystem(folder);
  if (cached !== null) return cached;
  context.log.progress(
    `installing Debian ${suite} with systemd and its kernel for the full guest: about a minute`,
  );
  await makeEntry(folder, (building) => buildSystem(suite, building, context.signal));
  const system = await readSystem(folder);
  if (system === null) throw new Error(`${folder} was removed while it was being built`);
  return system;
}

async function systemKey(suite: QemuOptions['suite']): Promise<string> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify({ builderVersion, ...systemPackages(suite), textFiles, links }));
  hash.update(JSON.stringify([syslinuxConfig, loaderConfig, loaderEntry]));
  for (const source of ['runners/qemu/full/early.sh', ...Object.values(scripts)]) {
    hash.update(await readFile(assetFile(source)));
  }
  return hash.digest('hex');
}

type SystemMeta = Pick<FullSystem, 'kernelRelease' | 'bytes' | 'digest'>;

async function readSystem(folder: string): Promise<FullSystem | null> {
  const text = await readFile(join(folder, 'meta.json'), 'utf8').catch(absent);
  if (text === null) return null;
  return { ...(JSON.parse(text) as SystemMeta), ...filesIn(folder) };
}

function filesIn(folder: string): Pick<FullSystem, 'bootFile' | 'systemFile' | 'bootProgramFile'> {
  return {
    bootFile: join(folder, 'boot.fat'),
    systemFile: join(folder, 'system.ext4'),
    bootProgramFile: join(folder, 'gptmbr.bin'),
  };
}

async function buildSystem(suite: QemuOptions['suite'], folder: string, signal: AbortSignal): Promise<void> {
  await mkdir(folder);
  const [root, between] = [join(folder, 'system'), join(folder, 'boot')];
  const { bootFile, systemFile, bootProgramFile } = filesIn(folder);
  await installDebian({ ...systemPackages(suite), mirror: null }, root, signal);
  const [release] = await readdir(join(root, 'lib/modules'));
  if (release === undefined) throw new Error(`the packages ${packages.join(', ')} hold no kernel modules`);
  await normalise(root);
  await addSystemFiles(root);
  await makeBootFiles(root, release, between, bootFile, signal);
  await copyFile(join(root, 'usr/lib/syslinux/mbr/gptmbr.bin'), bootProgramFile);
  // Kernel and initramfs are on the boot partition.
  for (const name of await readdir(join(root, 'boot'))) await rm(join(root, 'boot', name));
  setTimes(root);
  await makeExt4(root, systemFile, systemUuid, signal);
  const meta: SystemMeta = {
    kernelRelease: release,
    bytes: treeBytes(root) + (await stat(bootFile)).size,
    digest: `sha256:${await digestOf([bootFile, systemFile])}`,
  };
  await removeTree(root);
  await removeTree(between);
  await writeFile(join(folder, 'meta.json'), `${JSON.stringify(meta, null, 2)}\n`);
}

function treeBytes(root: string): number {
  let bytes = 0;
  for (const { stat } of walk(root)) bytes += stat.isFile() ? Number(stat.size) : 0;
  return bytes;
}

async function digestOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
