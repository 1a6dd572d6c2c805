/** Real virtual machines under TCG, on a payload made by hand: busybox and a few files. Needs root. */
import { chmod, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../../runners/machine/command.ts';
import { probeKvm } from '../../../runners/qemu/probe.ts';
import { defaultPath } from '../../../runners/shared/payload-launch.ts';
import type { QemuOptions } from '../../../runners/qemu/options.ts';
import { qemuRunner } from '../../../runners/qemu/runner.ts';
import type { Instance, Launch, ProbeContext } from '../../../runners/runner.ts';
import {
  digestsOf,
  guestMemoryBytes,
  httpdLaunch,
  openVmStage,
  tcgOptions,
  type VmStage,
} from '../../support/platforms/vm-stage.ts';

const bootMs = 150_000;
const q35 = tcgOptions;
const pc: QemuOptions = { ...q35, machine: 'pc' };

let stage: VmStage;

beforeAll(async () => {
  stage = await openVmStage('qemu');
});

afterAll(async () => {
  expect(await stage.close()).toEqual([]);
});

describe('a VM on q35', () => {
  const environment = {
    PLAIN: 'x',
    SPACES: ' a  b ',
    QUOTES: `'"\\$(id)\``,
    LINES: 'one\ntwo\n',
    UNICODE: 'ü€😀',
    'discovery.type': 'a name that is none for a shell',
    'my-app-name': '',
  };
  // What the workload itself got is kept in files before the shell can add anything, then served.
  const script = `
    b=/bin/busybox
    $b cat /proc/$$/environ >/srv/seen/environ
    $b cat /proc/$$/cmdline >/srv/seen/cmdline
    $b pwd >/srv/seen/cwd
    $b id >/srv/seen/id
    $b nproc >/srv/seen/nproc
    $b dd if=/dev/zero of=/srv/seen/written bs=1M count=3
    echo 'web server about to start'
    exec $b httpd -f -p 8080 -h /srv
  `;
  const launch: Launch = {
    ...httpdLaunch,
    command: ['/bin/busybox', 'sh', '-c', script, 'name', `an 'argument' "with" $dollars\nand lines`],
    environment,
    user: 'app',
    workdir: '/srv/seen',
    // A shell leaves it ignored in what it starts beside itself.
    stopSignal: 'SIGINT',
    logMarks: [{ name: 'about', pattern: /^web server about to start$/ }],
  };
  let instance: Instance;
  const get = (path: string): Promise<string> => stage.get(instance, path);

  beforeAll(async () => {
    instance = await stage.create(await stage.prepare(launch, q35), 'q35');
    await instance.start();
    await stage.untilAnswers(instance);
  }, bootMs);
  afterAll(() => instance.dispose());

  test('sets every mark, in order', () => {
    const marks = instance.marks.all();
    const expected = ['spawned', 'firmware', 'kernel', 'initrd', 'init', 'exec', 'about'];
    expect(Object.keys(marks)).toEqual(expected);
    // Each is a moment of its own; `kernel` alone could be set back to its neighbour by a clock that is off.
    expect(new Set(Object.values(marks)).size).toBe(expected.length);
  });

  test('is run by a QEMU without rights, which only its sandbox lets call the kernel', async () => {
    const [pid] = await instance.cgroup.processes();
    const status = await readFile(`/proc/${pid ?? 0}/status`, 'utf8');
    const field = (name: string): string | undefined =>
      new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(status)?.[1];
    expect(field('Name')).toMatch(/^qemu-system/);
    expect(field('Uid')?.split('\t')).toEqual(Array(4).fill('60900'));
    expect(field('Gid')?.split('\t')).toEqual(Array(4).fill('60900'));
    expect(field('Groups')?.trim()).toBe('');
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) expect(field(set)).toMatch(/^0+$/);
    // 2 is SECCOMP_MODE_FILTER (proc(5)).
    expect([field('NoNewPrivs'), field('Seccomp')]).toEqual(['1', '2']);
  });

  test('gives the workload exactly its environment, arguments, folder and user', async () => {
    const added = { PATH: defaultPath, HOSTNAME: 'box', HOME: '/srv' };
    const pairs = Object.entries({ ...added, ...environment }).map(([name, value]) => `${name}=${value}`);
    expect((await get('/seen/environ')).split('\0').filter((pair) => pair !== '')).toEqual(pairs);
    expect((await get('/seen/cmdline')).split('\0').slice(0, -1)).toEqual(launch.command);
    expect(await get('/seen/cwd')).toBe('/srv/seen');
    expect(await get('/seen/id')).toBe('uid=1000(app) gid=1000(app) groups=7(logs),1000(app)');
    expect(await get('/seen/nproc')).toBe('2');
  });

  test('has the same bytes as the payload', async () => {
    const listing = (await get('/cgi-bin/digests')).trim().split('\n').sort();
    expect(listing).toEqual(await digestsOf(stage.payload.root));
  });

  test('keeps what was printed, and nothing of the kernel, in its log', async () => {
    const said = await readFile(instance.logFile, 'utf8');
    expect(said).toMatch(/^web server about to start$/m);
    expect(said).not.toMatch(/^\[ *\d+\.\d+\]/m);
    expect(await instance.diagnose()).toBeNull();
  });

  test('tells apart guest RAM, TCG cache and VMM, and asks the guest', async () => {
    const parts = new Map((await instance.memoryParts()).map(({ part, pssBytes }) => [part, pssBytes]));
    expect([...parts.keys()].sort()).toEqual(['guest-ram', 'tcg-cache', 'vmm']);
    for (const bytes of parts.values()) expect(bytes).toBeGreaterThan(1024 * 1024);
    expect(parts.get('guest-ram')).toBeLessThanOrEqual(guestMemoryBytes);
    const inside = await instance.guestMemory();
    expect(inside).toBeGreaterThan(1024 * 1024);
    expect(inside).toBeLessThan(guestMemoryBytes);
  });

  test('is held in its own cgroup, alone', async () => {
    const [pid, ...others] = await instance.cgroup.processes();
    expect(others).toEqual([]);
    expect(await readFile(`/proc/${pid}/comm`, 'utf8')).toMatch(/^qemu-system/);
  });

  test('ends in order when asked, with what it wrote on its own layer', async () => {
    await instance.stop('graceful');
    const exit = await instance.exited;
    expect(exit).toMatchObject({ code: 130, signal: null });
    expect(await instance.layerBytes()).toBeGreaterThan(3 * 1024 * 1024);
    expect(await instance.diagnose()).toEqual({
      code: 'exited',
      message: expect.stringMatching(/^the workload ended with exit code 130 \(signal 2\); last/) as string,
    });
  });

  test('leaves nothing when it is disposed of, however often', async () => {
    await instance.dispose();
    await instance.dispose();
    const { folders, network } = stage.context;
    expect(await instance.cgroup.processes()).toEqual([]);
    expect(await readdir(folders.scratch)).toEqual([]);
    expect(await readdir(folders.runtime)).toEqual([]);
    const { stdout } = await run('ip', ['-n', network.namespace, '-o', 'link']);
    expect(stdout).not.toMatch(/tun|tap/);
  });
});

test(
  'a QEMU that dies under its guest, on pc, is a failure of its own class',
  async () => {
    const instance = await stage.create(await stage.prepare(httpdLaunch, pc), 'pc');
    try {
      await instance.start();
      await stage.untilAnswers(instance);
      const [pid = 0] = await instance.cgroup.processes();
      process.kill(pid, 'SIGSEGV');
      await instance.exited;
      expect(await instance.diagnose()).toMatchObject({ code: 'vmm-died', message: 'QEMU ended by SIGSEGV' });
    } finally {
      await instance.dispose();
    }
  },
  bootMs,
);

// Guests whose workload ends or is killed for memory are in test/e2e/platforms/conformance.test.ts, and those whose kernel
// panics in test/e2e/run/deaths.test.ts.
test('an instance that was never started is disposed of', async () => {
  const instance = await stage.create(await stage.prepare(httpdLaunch, q35), 'unstarted');
  expect(await instance.diagnose()).toBeNull();
  await instance.dispose();
  expect(await readdir(stage.context.folders.runtime)).toEqual([]);
});

test('a QEMU that cannot start is told with its own words', async () => {
  const instance = await stage.create(await stage.prepare(httpdLaunch, q35), 'broken');
  try {
    // QEMU has it open already, but opens it once more to write.
    await chmod(join(stage.context.folders.scratch, 'broken/disk.qcow2'), 0);
    await instance.start();
    expect(await instance.exited).toMatchObject({ code: 1 });
    expect(await instance.diagnose()).toEqual({
      code: 'vmm-died',
      message: expect.stringMatching(/qcow2.*Permission denied/) as string,
    });
  } finally {
    await instance.dispose();
  }
});

test('weighs its image under every lens', async () => {
  const figures = await (await stage.prepare(httpdLaunch, q35)).images();
  const of = (lens: string, compression?: string): number =>
    figures.find((figure) => figure.lens === lens && figure.condition['compression'] === compression)
      ?.bytes ?? NaN;
  expect(of('virtual')).toBeGreaterThan(of('allocated'));
  expect(of('allocated')).toBeGreaterThan(of('unpacked'));
  expect(of('unpacked')).toBeGreaterThan(of('transfer', 'gzip'));
  expect(of('transfer', 'zstd')).toBeGreaterThan(0);
});

describe('whether KVM is usable', () => {
  const told: string[] = [];
  const context = (): ProbeContext => {
    const { signal, log, folders } = stage.context;
    return { signal, log: { ...log, progress: (text) => told.push(text) }, cache: folders.cache };
  };

  test('is answered with a reason, and the second time from the cache', async () => {
    const first = await probeKvm(context());
    expect(first.reason).not.toBe('');
    told.length = 0;
    expect(await probeKvm(context())).toEqual(first);
    expect(told).toEqual([]);
  }, 60_000);

  test('decides whether microvm may run', async () => {
    const { usable } = await probeKvm(context());
    const microvm: QemuOptions = { ...tcgOptions, machine: 'microvm', accel: 'auto' };
    expect(await qemuRunner.probe(microvm, context())).toMatchObject({ usable });
  });

  test('and TCG serves where it is asked for', async () => {
    const fitness = await qemuRunner.probe(q35, context());
    expect(fitness).toMatchObject({
      usable: true,
      accel: 'tcg',
      version: expect.stringMatching(/^QEMU \d+\./) as string,
    });
  });
});
