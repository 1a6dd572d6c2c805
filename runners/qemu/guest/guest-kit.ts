/**
 * The minimal guest's kernel and initrd. The kernel is Debian's for clouds; the initrd is made here from Debian's
 * static busybox, the few modules that reach the disk and the network, and guest-init.sh. Built once, then cached.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../machine/log.ts';
import { assetFile } from '../../machine/asset.ts';
import { makeEntry } from '../../payload/cache-entry.ts';
import { installDebian } from '../../payload/source/debian.ts';
import { cpioArchive, type CpioEntry } from './cpio.ts';
import type { QemuOptions } from '../options.ts';
import { loadOrder } from './modules.ts';

export interface GuestKit {
  kernelFile: string;
  initrdFile: string;
  kernelRelease: string;
  kernelBytes: number;
  initrdBytes: number;
  /** `sha256:…` over the kernel and the initrd. */
  digest: string;
}

export interface GuestKitContext {
  cache: string;
  signal: AbortSignal;
  log: Log;
}

/** Raised when another way of making the kit must not meet an old cache entry. */
const builderVersion = 1;
const everywhere = ['virtio_console', 'virtio_blk', 'virtio_net'];
/** Drivers by the bus they are attached to: PCI on q35 and pc, memory-mapped on microvm. */
const drivers = {
  pci: ['virtio_pci', ...everywhere],
  mmio: ['virtio_mmio', ...everywhere],
  'pci-balloon': ['virtio_pci', ...everywhere, 'virtio_balloon'],
  'mmio-balloon': ['virtio_mmio', ...everywhere, 'virtio_balloon'],
};
export type GuestDrivers = keyof typeof drivers;

/** Debian's kernel for clouds, and that for any hardware: the first has no drivers for SATA and for the network cards of PCs. */
const kits = {
  cloud: { packages: ['linux-image-cloud-amd64', 'busybox-static'], drivers },
  generic: {
    packages: ['linux-image-amd64', 'busybox-static'],
    // What the workload prints goes through a port of virtio there, too.
    drivers: {
      sata: ['crc32c_generic', 'ext4', 'virtio_pci', 'virtio_console', 'ahci', 'sd_mod', 'e1000e'],
    },
  },
};
type Kit = (typeof kits)[keyof typeof kits] & Pick<QemuOptions, 'suite'>;

/** The cached kit, or a new one. Throws when the packages cannot be fetched or the disk is full. */
export async function guestKit(
  suite: QemuOptions['suite'],
  context: GuestKitContext,
  kernel: keyof typeof kits = 'cloud',
): Promise<GuestKit> {
  const chosen = kits[kernel];
  const [init, requests] = await Promise.all([
    readFile(assetFile('runners/qemu/guest/guest-init.sh')),
    readFile(assetFile('runners/qemu/guest/guest-requests.sh')),
  ]);
  const key = createHash('sha256')
    .update(JSON.stringify({ builderVersion, suite, ...chosen }))
    .update(init)
    .update(requests)
    .digest('hex');
  const folder = join(context.cache, 'guests', key);
  const cached = await readKit(folder);
  if (cached !== null) return cached;
  context.log.progress(
    `fetching Debian ${suite}'s ${kernel} kernel and busybox for the minimal guest: about 10 s`,
  );
  await makeEntry(folder, (building) =>
    buildKit(building, { ...chosen, suite }, { init, requests }, context.signal),
  );
  const kit = await readKit(folder);
  if (kit === null) throw new Error(`${folder} was removed while it was being built`);
  return kit;
}

type KitMeta = Pick<GuestKit, 'kernelRelease' | 'kernelBytes' | 'initrdBytes' | 'digest'>;

async function readKit(folder: string): Promise<GuestKit | null> {
  const text = await readFile(join(folder, 'meta.json'), 'utf8').catch(absent);
  if (text === null) return null;
  const meta = JSON.parse(text) as KitMeta;
  return { ...meta, kernelFile: join(folder, 'vmlinuz'), initrdFile: join(folder, 'initrd.cpio') };
}

/** The guest's own scripts. */
interface KitScripts {
  init: Buffer;
  requests: Buffer;
}

async function buildKit(folder: string, kit: Kit, scripts: KitScripts, signal: AbortSignal): Promise<void> {
  const { packages, suite } = kit;
  await mkdir(folder);
  const system = join(folder, 'system');
  await installDebian({ suite, variant: 'extract', packages, mirror: null }, system, signal);
  const [release] = await readdir(placeOf(system, 'lib/modules'));
  if (release === undefined) throw new Error(`the packages ${packages.join(', ')} hold no kernel modules`);
  const initrd = await kitInitrd(system, release, kit, scripts);
  const kernelFile = join(folder, 'vmlinuz');
  await copyFile(join(system, `boot/vmlinuz-${release}`), kernelFile);
  await writeFile(join(folder, 'initrd.cpio'), initrd);
  await rm(system, { recursive: true });
  const kernel = await readFile(kernelFile);
  const meta: KitMeta = {
    kernelRelease: release,
    kernelBytes: kernel.length,
    initrdBytes: initrd.length,
    digest: `sha256:${createHash('sha256').update(kernel).update(initrd).digest('hex')}`,
  };
  await writeFile(join(folder, 'meta.json'), `${JSON.stringify(meta, null, 2)}\n`);
}

async function kitInitrd(
  system: string,
  release: string,
  kit: Kit,
  { init, requests }: KitScripts,
): Promise<Buffer> {
  const busybox = await readFile(placeOf(system, 'bin/busybox'));
  const modules = join(placeOf(system, 'lib/modules'), release);
  const lists = await Promise.all(
    Object.entries<string[]>(kit.drivers).map(async ([name, names]) => ({
      name,
      modules: await loadOrder(modules, names),
    })),
  );
  const contents = new Map(lists.flatMap((list) => list.modules.map(({ name, content }) => [name, content])));
  return cpioArchive([
    ...['bin', 'dev', 'etc', 'modules', 'payload-dev', 'proc', 'root'].map(folder),
    { path: 'init', type: 'file', mode: 0o755, content: init },
    { path: 'requests', type: 'file', mode: 0o644, content: requests },
    { path: 'bin/busybox', type: 'file', mode: 0o755, content: busybox },
    // Made here, since the first mark is sent before anything is mounted.
    { path: 'dev/console', type: 'character-device', mode: 0o600, major: 5, minor: 1 },
    { path: 'dev/ttyS1', type: 'character-device', mode: 0o600, major: 4, minor: 65 },
    file('etc/fstab.root', ['dev /dev devtmpfs mode=755', '/dev/vda /root ext4 rw']),
    ...payloadDevices(),
    ...lists.map((list) => file(`modules/${list.name}.list`, list.modules.map(moduleFile))),
    ...[...contents].map(([name, content]): CpioEntry => {
      return { path: `modules/${moduleFile({ name })}`, type: 'file', mode: 0o644, content };
    }),
  ]);
}

/** Packages hold it below /usr from Debian 13 on, and what merges both trees is not installed here. */
function placeOf(system: string, path: string): string {
  const merged = join(system, 'usr', path);
  return existsSync(merged) ? merged : join(system, path);
}

/** What a container has in /dev, for the payload: the guest's own /dev has its disks and its memory. */
function payloadDevices(): CpioEntry[] {
  const links = {
    ...{ core: '/proc/kcore', fd: '/proc/self/fd', ptmx: 'pts/ptmx' },
    ...{ stdin: '/proc/self/fd/0', stdout: '/proc/self/fd/1', stderr: '/proc/self/fd/2' },
  };
  const devices = { null: [1, 3], zero: [1, 5], full: [1, 7], random: [1, 8], urandom: [1, 9], tty: [5, 0] };
  const path = (name: string): string => `payload-dev/${name}`;
  return [
    ...['mqueue', 'pts', 'shm'].map((name) => folder(path(name))),
    ...Object.entries(links).map(([name, target]): CpioEntry => ({ path: path(name), type: 'link', target })),
    ...Object.entries(devices).map(([name, [major = 0, minor = 0]]): CpioEntry => {
      return { path: path(name), type: 'character-device', mode: 0o666, major, minor };
    }),
  ];
}

function folder(path: string): CpioEntry {
  return { path, type: 'folder', mode: 0o755 };
}

function file(path: string, lines: readonly string[]): CpioEntry {
  return { path, type: 'file', mode: 0o644, content: Buffer.from(lines.map((line) => `${line}\n`).join('')) };
}

function moduleFile({ name }: { name: string }): string {
  return `${name}.ko`;
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
