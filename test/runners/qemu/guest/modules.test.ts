import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../../../../runners/machine/command.ts';
import { dependencies, loadOrder } from '../../../../runners/qemu/guest/modules.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-modules-'));
  await writeFile(join(folder, 'modules.builtin'), 'kernel/fs/ext4/ext4.ko\nkernel/lib/built-in-too.ko\n');
});
afterEach(() => rm(folder, { recursive: true }));

/** Not a real module: only what the kernel build puts into the section `.modinfo`. */
function moduleInfo(needs: string): Buffer {
  return Buffer.from(`\x7fELF...\0license=GPL\0depends=${needs}\0retpoline=Y\0`, 'latin1');
}

async function addModule(path: string, needs: string): Promise<void> {
  const file = join(folder, 'kernel', path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, moduleInfo(needs));
}

test('every module comes after what it needs, and once', async () => {
  await addModule('net/net-device.ko', 'ring,fail_over');
  await addModule('net/fail-over.ko', 'base');
  await addModule('virtio/ring.ko', '');
  await addModule('net/base.ko', '');
  await addModule('block/disk.ko', 'ring,base');
  const names = (await loadOrder(folder, ['net_device', 'disk'])).map(({ name }) => name);
  expect(names).toEqual(['ring', 'base', 'fail_over', 'net_device', 'disk']);
});

test('what is built into the kernel is not loaded', async () => {
  await addModule('disk.ko', 'built_in_too');
  expect((await loadOrder(folder, ['ext4', 'disk'])).map(({ name }) => name)).toEqual(['disk']);
});

test('modules that are compressed are handed over as the kernel takes them', async () => {
  await addModule('disk.ko', 'ring');
  await addModule('ring.ko', '');
  await run('xz', [join(folder, 'kernel/disk.ko'), join(folder, 'kernel/ring.ko')]);
  const loaded = await loadOrder(folder, ['disk']);
  expect(loaded.map(({ name }) => name)).toEqual(['ring', 'disk']);
  expect(loaded[1]?.content).toEqual(moduleInfo('ring'));
});

test('a compressed module that is damaged is an error that names it', async () => {
  await addModule('disk.ko.xz', '');
  await expect(loadOrder(folder, ['disk'])).rejects.toThrow(/cannot decompress .*disk\.ko\.xz: /);
});

test('a module that is nowhere is an error that names it', async () => {
  await addModule('disk.ko', 'nowhere');
  await expect(loadOrder(folder, ['disk'])).rejects.toThrow(/kernel module nowhere is missing/);
});

test('needs are read with the names that the kernel uses', () => {
  expect(dependencies(moduleInfo('virtio-ring,virtio'))).toEqual(['virtio_ring', 'virtio']);
  expect(dependencies(moduleInfo(''))).toEqual([]);
  expect(dependencies(Buffer.from('no such entry'))).toEqual([]);
});
