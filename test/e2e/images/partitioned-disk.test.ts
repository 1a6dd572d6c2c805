import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { run } from '../../../runners/machine/command.ts';
import { allocatedBytes } from '../../../runners/payload/disk/disk.ts';
import { makeBootPartition } from '../../../runners/payload/disk/boot-partition.ts';
import { assembleDisk, firstSector } from '../../../runners/payload/disk/partitioned-disk.ts';
import { never, temporaryFolder } from '../../runners/payload/trees.ts';

const MiB = 1 << 20;
const linux = '0FC63DAF-8483-4772-8E79-3D69D8477DE4';

async function makeParts(folder: string): Promise<{ boot: string; data: string; program: string }> {
  await mkdir(join(folder, 'from'));
  const names = ['kernel', 'syslinux.cfg'];
  for (const name of names) await writeFile(join(folder, 'from', name), `content of ${name}`);
  const content = [
    { path: 'kernel', file: join(folder, 'from/kernel') },
    { path: 'deep/folder/kernel', file: join(folder, 'from/kernel') },
    { path: 'syslinux/syslinux.cfg', file: join(folder, 'from/syslinux.cfg') },
  ];
  const [boot, data, program] = [join(folder, 'boot'), join(folder, 'data'), join(folder, 'program')];
  const layout = { loaderFolder: 'syslinux', content, startSector: firstSector, bytes: 40 * MiB };
  await makeBootPartition(boot, layout, never);
  // Half a MiB of zeros, then text: the disk keeps the hole and aligns the size.
  await writeFile(data, Buffer.concat([Buffer.alloc(MiB / 2), Buffer.from('data at the end')]));
  await writeFile(program, Buffer.alloc(600, 0xcc));
  return { boot, data, program };
}

async function makeDisk(folder: string): Promise<string> {
  const { boot, data, program } = await makeParts(folder);
  const file = join(folder, 'disk');
  const partitions = [
    { file: boot, type: linux, name: 'boot', legacyBoot: true as const },
    { file: data, type: linux, name: 'data' },
  ];
  await assembleDisk(file, partitions, program, never);
  return file;
}

test('two disks made at different moments are the same bytes', async () => {
  const one = await makeDisk(await temporaryFolder());
  // FAT counts times in steps of two seconds.
  await sleep(2100);
  const two = await makeDisk(await temporaryFolder());
  expect((await run('cmp', [one, two], { accept: [0, 1] })).stdout).toBe('');
});

test('each partition is where the table says, and the boot program ends before the table', async () => {
  const folder = await temporaryFolder();
  const file = await makeDisk(folder);
  const disk = await readFile(file);
  expect(disk.length).toBe((1 + 40 + 1 + 1) * MiB);
  expect(disk.subarray(MiB, 41 * MiB).equals(await readFile(join(folder, 'boot')))).toBe(true);
  expect(disk.toString('latin1', 41 * MiB + MiB / 2).startsWith('data at the end')).toBe(true);
  expect(disk[439]).toBe(0xcc);
  expect(disk[440]).toBe(0);
  expect(disk.readUInt16LE(510)).toBe(0xaa55);
  const { stdout } = await run('sfdisk', ['--dump', file]);
  expect(stdout).toMatch(/start= *2048, size= *81920, .*name="boot", attrs="LegacyBIOSBootable"/);
  expect(stdout).toMatch(/start= *83968, size= *2048, .*name="data"/);
  expect(await allocatedBytes(file)).toBeLessThan((await stat(file)).size / 4);
});

test('the boot partition has its files, the boot loader and the sector at which it begins', async () => {
  const { boot } = await makeParts(await temporaryFolder());
  const { stdout } = await run('mtype', ['-i', boot, '::/deep/folder/kernel']);
  expect(stdout).toBe('content of kernel');
  expect((await run('mdir', ['-a', '-b', '-i', boot, '::/syslinux'])).stdout).toMatch(/ldlinux\.sys/);
  const sector = await readFile(boot);
  expect(sector.toString('latin1', 3, 11)).toBe('SYSLINUX');
  // BIOS parameter block: number of hidden sectors before the partition.
  expect(sector.readUInt32LE(0x1c)).toBe(firstSector);
});
