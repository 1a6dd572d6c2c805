/** Whole systems under TCG, started by SeaBIOS and, everywhere, by UEFI, with busybox and a few files as the payload. */
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../../runners/machine/command.ts';
import { openFileLimit } from '../../../runners/machine/resource-limits.ts';
import { defaultPath } from '../../../runners/shared/payload-launch.ts';
import type { QemuOptions } from '../../../runners/qemu/options.ts';
import type { Instance, Launch } from '../../../runners/runner.ts';
import { isEverywhere } from '../../support/platforms/everywhere.ts';
import {
  digestsOf,
  httpdLaunch,
  openVmStage,
  tcgOptions,
  type VmStage,
} from '../../support/platforms/vm-stage.ts';
import { box } from '../../fixtures/launch.ts';

const bootMs = 280_000;
const seabios: QemuOptions = { ...tcgOptions, guest: 'full' };
const uefi: QemuOptions = { ...seabios, firmware: 'uefi' };

let stage: VmStage;
beforeAll(async () => {
  stage = await openVmStage('full');
});
afterAll(async () => {
  expect(await stage.close()).toEqual([]);
});

describe('a full guest that SeaBIOS starts', () => {
  const environment = { SPACES: ' a  b ', QUOTES: `'"\\$(id)%n\``, LINES: 'one\ntwo\n', UNICODE: 'ü€😀' };
  const script = `
    b=/bin/busybox
    $b cat /proc/$$/environ >/srv/seen/environ
    $b cat /proc/$$/cmdline >/srv/seen/cmdline
    $b pwd >/srv/seen/cwd
    $b id >/srv/seen/id
    echo "$(ulimit -Sn)/$(ulimit -Hn)" >/srv/seen/files
    $b cat /proc/sys/kernel/hostname >/srv/seen/hostname
    $b cat /proc/1/comm >/srv/seen/init
    echo 'web server about to start'
    exec $b httpd -f -p 8080 -h /srv
  `;
  const launch: Launch = {
    command: ['/bin/busybox', 'sh', '-c', script, 'name', `an 'argument' "with" $dollars %i\nand lines`],
    environment,
    user: 'app',
    workdir: '/srv/seen',
    box,
    port: 8080,
    stopSignal: 'SIGTERM',
    logMarks: [{ name: 'about', pattern: /^web server about to start$/ }],
  };
  let instance: Instance;
  const get = (path: string): Promise<string> => stage.get(instance, path);

  beforeAll(async () => {
    instance = await stage.create(await stage.prepare(launch, seabios), 'seabios');
    await instance.start();
    await stage.untilAnswers(instance);
  });
  afterAll(() => instance.dispose());

  test('sets every mark, in order', () => {
    const expected = ['spawned', 'firmware', 'kernel', 'initrd', 'init', 'exec', 'about'];
    expect(Object.keys(instance.marks.all())).toEqual(expected);
  });

  test('gives the workload exactly its environment, arguments, folder, user, groups and limits', async () => {
    const pairs = Object.entries({ PATH: defaultPath, HOSTNAME: 'box', HOME: '/srv', ...environment }).map(
      ([name, value]) => `${name}=${value}`,
    );
    expect((await get('/seen/environ')).split('\0').filter((pair) => pair !== '')).toEqual(pairs);
    expect((await get('/seen/cmdline')).split('\0').slice(0, -1)).toEqual(launch.command);
    expect(await get('/seen/cwd')).toBe('/srv/seen');
    expect(await get('/seen/id')).toBe('uid=1000(app) gid=1000(app) groups=7(logs),1000(app)');
    // As on every other platform: no more than this machine may hand out.
    const { soft, hard } = await openFileLimit(box.openFiles);
    expect(await get('/seen/files')).toBe(`${soft}/${hard}`);
  });

  test('is a whole system of its own', async () => {
    expect(await get('/seen/init')).toBe('systemd');
    expect(await get('/seen/hostname')).toBe('box');
  });

  test('has the same bytes as the payload', async () => {
    const listing = (await get('/cgi-bin/digests')).trim().split('\n').sort();
    expect(listing).toEqual(await digestsOf(stage.payload.root));
  });

  test('tells its memory, and keeps what the workload printed', async () => {
    expect(await instance.guestMemory()).toBeGreaterThan(16 * 1024 * 1024);
    const parts = (await instance.memoryParts()).map(({ part }) => part);
    expect(parts.sort()).toEqual(['guest-ram', 'tcg-cache', 'vmm']);
    const said = await readFile(instance.logFile, 'utf8');
    expect(said).toMatch(/^web server about to start$/m);
    expect(await instance.diagnose()).toBeNull();
  });

  test('goes down in order when asked, and its service gets the stop signal', async () => {
    await instance.stop('graceful');
    expect(await instance.exited).toMatchObject({ code: 143, signal: null });
    expect(await instance.diagnose()).toMatchObject({
      code: 'exited',
      message: expect.stringContaining('exit code 143 (signal 15)') as string,
    });
    await instance.dispose();
    expect(await readdir(stage.context.folders.scratch)).toEqual([]);
  });
});

// Another way to the same kernel, which takes as long again.
if (isEverywhere) {
  test(
    'a full guest that UEFI starts ends with its workload, and tells how that ended',
    async () => {
      const launch: Launch = {
        ...httpdLaunch,
        command: ['/bin/busybox', 'sh', '-c', 'echo "booted by $(/bin/busybox ls /sys/firmware)"; exit 7'],
      };
      const instance = await stage.create(await stage.prepare(launch, uefi), 'uefi');
      try {
        await instance.start();
        await instance.exited;
        expect(await readFile(instance.logFile, 'utf8')).toMatch(/booted by [^]*efi/);
        expect(await instance.diagnose()).toEqual({
          code: 'exited',
          message: expect.stringContaining('the workload ended with exit code 7') as string,
        });
      } finally {
        await instance.dispose();
      }
    },
    bootMs,
  );
}

describe('the disk', () => {
  const launch: Launch = {
    command: ['/bin/busybox', 'true'],
    environment: {},
    user: '4321:4321',
    workdir: '/',
    box,
    port: 8080,
    stopSignal: 'SIGTERM',
    logMarks: [],
  };

  test('is partitioned, with sound file systems, and any user can be had', async () => {
    const prepared = await stage.prepare(launch, seabios);
    const disks = await readdir(`${stage.context.folders.cache}/disks`);
    const name = disks.find((disk) => disk.startsWith('full-') && disk.endsWith('.raw')) ?? '';
    const file = `${stage.context.folders.cache}/disks/${name}`;
    const { stdout } = await run('sfdisk', ['--json', file]);
    const table = (JSON.parse(stdout) as { partitiontable: { label: string; partitions: Partition[] } })
      .partitiontable;
    expect(table.label).toBe('gpt');
    expect(table.partitions.map((partition) => partition.name)).toEqual(['boot', 'system', 'payload']);
    for (const { start } of table.partitions.slice(1)) {
      const checked = await run('e2fsck', ['-f', '-n', `${file}?offset=${start * 512}`], { accept: [0] });
      expect(checked.code).toBe(0);
    }
    expect(prepared.facts).toMatchObject({ guest: 'full', details: { firmware: 'seabios' } });
  });

  test('weighs more than the minimal guest, under every lens', async () => {
    const [full, minimal] = await Promise.all([
      (await stage.prepare(launch, seabios)).images(),
      (await stage.prepare({ ...launch, user: 'root' }, tcgOptions)).images(),
    ]);
    for (const { lens, condition, bytes } of minimal) {
      const same = full.find(
        (figure) => figure.lens === lens && figure.condition['compression'] === condition['compression'],
      );
      expect(same?.bytes).toBeGreaterThan(bytes);
    }
  });
});

interface Partition {
  name: string;
  start: number;
}
