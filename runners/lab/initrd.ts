/** The lab's initrd: busybox, the drivers of its disks, and first.sh. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assetFile } from '../machine/asset.ts';
import { cpioArchive, type CpioEntry } from '../qemu/guest/cpio.ts';
import { loadOrder } from '../qemu/guest/modules.ts';

/** Disks of both kinds, and the line to the harness outside. */
const drivers = ['virtio_pci', 'virtio_blk', 'nfit', 'nd_pmem', 'virtio_console'];

/** @param system the tree with the kernel's modules and busybox in it */
export async function labInitrd(system: string, kernelRelease: string): Promise<Buffer> {
  const modules = await loadOrder(join(system, 'lib/modules', kernelRelease), drivers);
  const list = modules.map(({ name }) => `${name}.ko\n`).join('');
  return cpioArchive([
    ...['bin', 'dev', 'modules', 'proc', 'root'].map((path): CpioEntry => ({
      path,
      type: 'folder',
      mode: 0o755,
    })),
    file('init', 0o755, await readFile(assetFile('runners/lab/first.sh'))),
    file('bin/busybox', 0o755, await readFile(join(system, 'bin/busybox'))),
    // The kernel opens it for the first program, which comes before anything is mounted.
    { path: 'dev/console', type: 'character-device', mode: 0o600, major: 5, minor: 1 },
    file('modules/list', 0o644, Buffer.from(list)),
    ...modules.map(({ name, content }) => file(`modules/${name}.ko`, 0o644, content)),
  ]);
}

/** What one session adds to it: the kernel unpacks archives that follow each other over each other. */
export function sessionArchive(session: unknown): Buffer {
  return cpioArchive([file('session.json', 0o600, Buffer.from(JSON.stringify(session)))]);
}

function file(path: string, mode: number, content: Buffer): CpioEntry {
  return { path, type: 'file', mode, content };
}
