/** Boot files of one’s own and memory that is given back, on real virtual machines under TCG. */
import { createHash } from 'node:crypto';
import { copyFile, cp, mkdtemp, readFile, rm, writeFile, readdir, readlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../../runners/machine/command.ts';
import { makeExt4 } from '../../../runners/payload/disk/ext4.ts';
import { cpioArchive } from '../../../runners/qemu/guest/cpio.ts';
import { guestKit } from '../../../runners/qemu/guest/guest-kit.ts';
import type { QemuOptions } from '../../../runners/qemu/options.ts';
import type { Launch } from '../../../runners/runner.ts';
import {
  guestMemoryBytes,
  httpdLaunch,
  openVmStage,
  tcgOptions,
  type VmStage,
} from '../../support/platforms/vm-stage.ts';

const bootMs = 150_000;

let stage: VmStage;
beforeAll(async () => {
  stage = await openVmStage('options');
});
afterAll(async () => {
  expect(await stage.close()).toEqual([]);
});

describe('boot files of one’s own', () => {
  let folder: string;
  let kernel: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tare-own-'));
    kernel = join(folder, 'bzImage');
    const { signal, log, folders } = stage.context;
    await copyFile((await guestKit('bookworm', { signal, log, cache: folders.cache })).kernelFile, kernel);
  });
  afterAll(() => rm(folder, { recursive: true }));

  test(
    'are what the guest starts from, and are left as they were',
    async () => {
      const initrd = join(folder, 'initrd.cpio');
      // What is in this folder appears in /dev.
      await writeFile(
        initrd,
        cpioArchive([{ path: 'payload-dev/own', type: 'link', target: 'from-my-initrd' }]),
      );
      const disk = await ownDisk(join(folder, 'disk.qcow2'));
      const before = await Promise.all([kernel, initrd, disk].map(digestOf));
      const options: QemuOptions = { ...tcgOptions, kernel, initrd, disk };
      const script =
        '/bin/busybox readlink /dev/own >/srv/seen/own; exec /bin/busybox httpd -f -p 8080 -h /srv';
      const launch: Launch = { ...httpdLaunch, command: ['/bin/busybox', 'sh', '-c', script] };
      const prepared = await stage.prepare(launch, options);
      const [ownKernel, ownInitrd, ofDisk] = before;
      expect(prepared.facts.compared.machine).toMatchObject({ ownKernel, ownInitrd, ownDisk: ofDisk });
      const instance = await stage.create(prepared, 'own');
      try {
        await instance.start();
        await stage.untilAnswers(instance);
        expect(await stage.get(instance, '/index.html')).toBe('from my disk');
        expect(await stage.get(instance, '/seen/own')).toBe('from-my-initrd');
        const [pid = 0] = await instance.cgroup.processes();
        // QEMU gets its files open.
        const open = await readdir(`/proc/${pid}/fd`);
        const files = open.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => ''));
        expect(await Promise.all(files)).toContain(kernel);
      } finally {
        await instance.dispose();
      }
      expect(await Promise.all([kernel, initrd, disk].map(digestOf))).toEqual(before);
    },
    bootMs,
  );

  test(
    'a kernel that cannot reach its disk is told',
    async () => {
      const prepared = await stage.prepare(httpdLaunch, { ...tcgOptions, kernel });
      const instance = await stage.create(prepared, 'without-drivers');
      try {
        await instance.start();
        await instance.exited;
        expect(await instance.diagnose()).toMatchObject({
          code: 'start-failed',
          message: expect.stringContaining('cannot mount the disk') as string,
        });
      } finally {
        await instance.dispose();
      }
    },
    bootMs,
  );

  test('a layer over another disk is refused', async () => {
    const base = await ownDisk(join(folder, 'base.qcow2'));
    const layer = join(folder, 'layer.qcow2');
    await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', base, '-F', 'qcow2', layer]);
    await expect(stage.prepare(httpdLaunch, { ...tcgOptions, disk: layer })).rejects.toThrow(
      /layer\.qcow2 is a disk of the format qcow2 that is a layer over another/,
    );
  });

  async function digestOf(file: string): Promise<string> {
    return `sha256:${createHash('sha256')
      .update(await readFile(file))
      .digest('hex')}`;
  }

  async function ownDisk(file: string): Promise<string> {
    const root = join(folder, 'root');
    await cp(stage.payload.root, root, { recursive: true });
    await writeFile(join(root, 'srv/index.html'), 'from my disk\n');
    const raw = join(folder, 'disk.ext4');
    await makeExt4(root, raw, '7a7e0000-7461-4e72-8000-00000000beef', stage.context.signal);
    await run('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, file]);
    await rm(raw);
    return file;
  }
});

/** Keeps 150 MB in a file of memory until it is asked to end, and then serves on without it. */
const lettingGo = {
  ...httpdLaunch,
  command: [
    '/bin/busybox',
    'sh',
    '-c',
    'busybox head -c 150000000 /dev/zero >/dev/shm/kept; trap "busybox rm /dev/shm/kept" TERM; ' +
      'busybox httpd -f -p 8080 -h /srv & while :; do wait; done',
  ],
};

test(
  'memory that a guest has freed is the host’s again where it reports that',
  async () => {
    const prepared = await stage.prepare(
      lettingGo,
      { ...tcgOptions, freePageReporting: true },
      3 * guestMemoryBytes,
    );
    expect(prepared.facts.details).toMatchObject({ freePageReporting: true });
    const instance = await stage.create(prepared, 'reporting');
    const guestRam = async (): Promise<number> =>
      (await instance.memoryParts()).find(({ part }) => part === 'guest-ram')?.pssBytes ?? 0;
    try {
      await instance.start();
      await stage.untilAnswers(instance);
      const full = await guestRam();
      await instance.stop('graceful');
      // The guest's kernel reports every two seconds what is free in whole blocks of megabytes: how many of the 150 MB lie in
      // such blocks differs from boot to boot (once 63 MB). A guest that reports nothing gives none of them back.
      await expect.poll(guestRam, { timeout: 60_000, interval: 500 }).toBeLessThan(full - 40_000_000);
    } finally {
      await instance.dispose();
    }
  },
  bootMs,
);
