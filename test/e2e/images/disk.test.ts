import { createReadStream } from 'node:fs';
import { chmod, chown, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { run } from '../../../runners/machine/command.ts';
import {
  allocatedBytes,
  compressDisk,
  createOverlayDisk,
  packDisk,
} from '../../../runners/payload/disk/disk.ts';
import { compressBoth } from '../../../runners/payload/oci-image/compress.ts';
import {
  contextOf,
  isRoot,
  makeTree,
  never,
  payloadOf,
  temporaryFolder,
  touchAll,
} from '../../runners/payload/trees.ts';

test('two packings at different moments from trees made in another order are the same bytes', async () => {
  const disks = [];
  for (const order of ['forward', 'backward'] as const) {
    const root = await makeTree(await temporaryFolder(), order);
    // Times of content are the payload's business and equal there; change and access times cannot be.
    await touchAll(root, 1_000_000_000);
    disks.push(await packDisk(await payloadOf(root), contextOf(await temporaryFolder())));
    // ext4 counts change times in seconds here.
    await sleep(1100);
  }
  const [one = '', two = ''] = disks.map((disk) => disk.file);
  const compared = await run('cmp', [one, two], { accept: [0, 1] });
  expect(compared.stdout).toBe('');
});

test.runIf(isRoot)('the disk holds the payload and a sound file system', async () => {
  const root = await makeTree(await temporaryFolder());
  // Changing the owner clears the set-group-ID bit.
  await chown(root, 3, 70_000);
  await chmod(root, 0o2711);
  const payload = await payloadOf(root);
  const disk = await packDisk(payload, contextOf(await temporaryFolder()));
  const checked = await run('e2fsck', ['-f', '-n', disk.file]);
  expect(checked.code).toBe(0);
  // The guest's own view of every file is compared in the end-to-end tests.
  const ask = async (question: string): Promise<string> =>
    (await run('debugfs', ['-R', question, disk.file])).stdout;
  expect(await ask('stat /')).toMatch(/Type: directory +Mode: +02711 [^]*User: +3 +Group: +70000 /);
  expect(await ask('stat /setuid')).toMatch(/Type: regular +Mode: +04755/);
  expect(await ask('stat /sticky')).toMatch(/Type: directory +Mode: +03777/);
  expect(await ask('stat /owned')).toMatch(/User: +70000 +Group: +(4000000000|-294967296) /);
  expect(await ask('stat /disk')).toMatch(/Type: block special [^]*Device major\/minor number: 259:70000 /);
  expect(await ask('stat /plain')).toMatch(/Links: 2 /);
  expect(await ask('ea_get -x /null trusted.note')).toMatch(/= "?02/);
  expect(await ask('cat /etc/hard')).toBe('content of plain');
  expect(disk.virtualBytes).toBe((await stat(disk.file)).size);
  expect(disk.virtualBytes).toBeGreaterThan(payload.bytes + (64 << 20));
  // A sparse file: neither the hole of 3 MiB nor the headroom takes space.
  expect(disk.allocatedBytes).toBeLessThan(8 << 20);
});

test('its weight on the wire is computed once', async () => {
  const root = await temporaryFolder();
  await writeFile(join(root, 'text'), 'some text '.repeat(10_000));
  const context = contextOf(await temporaryFolder());
  const disk = await packDisk(await payloadOf(root), context);
  const weight = await compressDisk(disk, context);
  const nodeGzip = gzipSync(await readFile(disk.file), { level: 5 }).length;
  expect(weight.gzip).toBeGreaterThan(nodeGzip * 0.8);
  expect(weight.gzip).toBeLessThan(nodeGzip * 1.2);
  expect(weight.zstd).toBeGreaterThan(1000);
  await writeFile(disk.file, '');
  expect(await compressDisk(disk, context)).toEqual(weight);
});

test('both compressions are real and of the same stream', async () => {
  const folder = await temporaryFolder();
  const source = join(folder, 'source');
  const content = Buffer.from('some text '.repeat(300_000));
  await writeFile(source, content);
  const files = { gzip: join(folder, 'gz'), zstd: join(folder, 'zst') };
  const compressed = await compressBoth(createReadStream(source), files, never);
  expect(gunzipSync(await readFile(files.gzip)).equals(content)).toBe(true);
  await run('zstd', ['--quiet', '-d', files.zstd, '-o', join(folder, 'back')]);
  expect((await readFile(join(folder, 'back'))).equals(content)).toBe(true);
  expect(compressed.source.bytes).toBe(content.length);
  expect(compressed.gzip.bytes).toBe((await stat(files.gzip)).size);
  expect(compressed.zstd.bytes).toBe((await stat(files.zstd)).size);
});

test('a source that breaks ends the compression', async () => {
  const broken = createReadStream('/nowhere/source');
  await expect(compressBoth(broken, { gzip: null, zstd: null }, never)).rejects.toThrow(/ENOENT/);
});

test('an overlay is small, over the disk, and shows its size', async () => {
  const disk = await packDisk(
    await payloadOf(await makeTree(await temporaryFolder())),
    contextOf(await temporaryFolder()),
  );
  const overlay = join(await temporaryFolder(), 'overlay.qcow2');
  await createOverlayDisk(disk, overlay);
  const { stdout } = await run('qemu-img', ['info', '--output=json', overlay]);
  expect(JSON.parse(stdout)).toMatchObject({
    format: 'qcow2',
    'virtual-size': disk.virtualBytes,
    'backing-filename': disk.file,
    'backing-filename-format': 'raw',
  });
  expect(await allocatedBytes(overlay)).toBeLessThan(1 << 20);
});
