import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listBuiltIn, loadScenario, loadScenarios } from '../../../scenarios/loader/load.ts';
import { folderWith, load, noMeasures } from '../scenario-folder.ts';

const vmDefaults = {
  machine: 'q35',
  guest: 'minimal',
  firmware: 'seabios',
  start: 'boot',
  accel: 'auto',
  vcpus: null,
  hugePages: false,
  merge: true,
  diskCache: 'writeback',
  vhostNet: false,
  ...{ kernel: null, initrd: null, disk: null },
  suite: 'bookworm',
  freePageReporting: false,
};

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'scenarios');
const mebibyte = 2 ** 20;

describe('built-in scenarios', () => {
  const names = listBuiltIn().map((scenario) => scenario.name);

  it('are listed with their names, files and descriptions', () => {
    expect(names).toEqual([
      'burst',
      'density',
      'density-tiny',
      'drift',
      'everything',
      'jetty',
      'neighbor',
      'nginx',
      'node',
      'overhead',
      'postgresql',
      'recovery',
      'sandbox',
      'state',
      'throughput',
      'tiny',
      'tomcat',
    ]);
    for (const { name, description, file } of listBuiltIn()) {
      const [first] = loadScenarios(file, { cwd: '/' });
      expect(first?.suite ?? first?.name).toBe(name);
      expect(description).not.toBe('');
    }
  });

  it.each(names)('%s resolves to plain JSON without placeholders and with its extra files', (name) => {
    for (const scenario of loadScenarios(name, { cwd: '/' })) {
      expect(JSON.parse(JSON.stringify(scenario))).toEqual(scenario);
      expect(JSON.stringify(scenario.platforms)).not.toContain('${');
      expect(scenario.workload.rootfs.files.length).toBeGreaterThan(0);
      for (const { from } of scenario.workload.rootfs.files) expect(existsSync(from)).toBe(true);
    }
  });

  it('tomcat is one JVM with half of the limit as its heap, the same on every platform', () => {
    const scenario = loadScenario('tomcat', { cwd: '/' });
    expect(scenario.platforms.map((platform) => platform.id)).toEqual(['process', 'runc', 'vm']);
    for (const { launch } of scenario.platforms) {
      expect(launch.command).toEqual(scenario.platforms[0]?.launch.command);
      expect(launch.command).toEqual(
        expect.arrayContaining(['-Xms256m', '-Xmx256m', '-XX:ActiveProcessorCount=1']),
      );
    }
    expect(scenario.workload.marks.map((mark) => mark.name)).toEqual(['jvm', 'deployed']);
    expect(scenario.measures).toEqual({
      ...noMeasures,
      startup: { samples: 6, stopping: null, pageCache: 'warm', idleCpus: 'poll' },
      stop: { samples: 6 },
      memory: { samples: 3, settleMs: 1000, load: { rps: 20, durationMs: 3000 } },
      image: {},
    });
  });

  it('can come from another folder', () => {
    const folder = folderWith({
      'mine.yaml': 'name: mine\nworkload: w\nplatforms: [process]\n',
      'workloads/w.yaml':
        'name: w\nrootfs: { from: debian, packages: [busybox-static] }\ncommand: [/bin/busybox]\nport: 80\nready: { by: tcp }\n',
    });
    expect(loadScenario('mine', { cwd: '/', builtInFolder: folder }).workload.name).toBe('w');
  });
});

describe('a scenario of one own', () => {
  const own = loadScenario('own/scenario.yaml', { cwd: fixtures });

  it('gets every default', () => {
    expect({ ...own, workload: null, platforms: [], gates: [] }).toEqual({
      name: 'own',
      description: '',
      file: join(fixtures, 'own', 'scenario.yaml'),
      workload: null,
      limits: { cpus: 1, memoryBytes: 512 * mebibyte },
      baseline: 'runc',
      platforms: [],
      measures: {
        ...noMeasures,
        startup: { samples: 10, stopping: null, pageCache: 'warm', idleCpus: 'poll' },
      },
      gates: [],
    });
    expect(own.workload).toEqual({
      name: 'own-server',
      description: '',
      file: join(fixtures, 'own', 'workload.yaml'),
      rootfs: {
        from: 'debian',
        suite: 'bookworm',
        variant: 'extract',
        packages: ['busybox-static'],
        mirror: null,
        files: [{ from: join(fixtures, 'own', 'www'), to: '/srv/www', mode: 0o644, owner: 'root:root' }],
        remove: [],
      },
      fromImage: [],
      launch: {
        command: ['/bin/busybox', 'httpd', '-f', '-p', '${port}', '-c', '${cpus}/${memory:25%}'],
        environment: { CPUS: '${cpus}' },
      },
      user: 'root',
      workdir: '/',
      box: {
        openFiles: { soft: 1024, hard: 524_288 },
        seccomp: 'default',
        shmSizeBytes: 64 * 2 ** 20,
        hostname: 'box',
      },
      port: 80,
      stopSignal: 'SIGTERM',
      ready: { by: 'tcp', exchange: null, timeoutMs: 60_000 },
      marks: [],
      loadPath: '/',
      factsPath: null,
      keepPath: null,
      pushPath: null,
    });
  });

  it("fills placeholders from each platform's own limits", () => {
    const command = (place: string): string[] => ['/bin/busybox', 'httpd', '-f', '-p', '80', '-c', place];
    expect(own.platforms).toEqual([
      {
        id: 'runc',
        runner: 'oci',
        required: false,
        startDelayMs: 0,
        limits: { cpus: 1, memoryBytes: 512 * mebibyte },
        launch: { command: command('1/128'), environment: { CPUS: '1' } },
        options: { runtime: 'runc' },
      },
      {
        id: 'small',
        runner: 'oci',
        required: false,
        startDelayMs: 0,
        limits: { cpus: 1, memoryBytes: 64 * mebibyte },
        launch: { command: command('1/16'), environment: { CPUS: '1' } },
        options: { runtime: 'crun' },
      },
      {
        id: 'pc',
        runner: 'qemu',
        required: true,
        startDelayMs: 0,
        limits: { cpus: 1.5, memoryBytes: 512 * mebibyte },
        launch: { command: command('2/128'), environment: { CPUS: '2' } },
        options: { ...vmDefaults, machine: 'pc', accel: 'tcg' },
      },
    ]);
  });

  it('gets its gates with ids of their own and bounds in the unit of the metric', () => {
    const base = { lens: null, over: null, max: null, min: null, worseBy: null, level: 'error' };
    expect(own.gates).toEqual([
      {
        ...base,
        id: 'startup.ready small/runc',
        metric: 'startup.ready',
        platform: 'small',
        over: 'runc',
        max: 1.5,
      },
      {
        ...base,
        id: 'startup.ready small',
        metric: 'startup.ready',
        platform: 'small',
        max: 2500,
        level: 'warn',
      },
      {
        ...base,
        id: 'startup.phase.kernel pc',
        metric: 'startup.phase.kernel',
        platform: 'pc',
        min: 1,
        max: 500,
      },
      { ...base, id: 'startup.ready small (2)', metric: 'startup.ready', platform: 'small', max: 3000 },
    ]);
  });
});

describe('details', () => {
  it('every short platform name stands for its runner and options', () => {
    const names = '[process, runc, crun, vm, vm-pc, vm-full, vm-full-uefi, vm-clone, microvm]';
    const { platforms } = load(`name: s\nworkload: tiny\nplatforms: ${names}\n`);
    expect(platforms.map(({ id, runner, options }) => [id, runner, options])).toEqual([
      ['process', 'process', {}],
      ['runc', 'oci', { runtime: 'runc' }],
      ['crun', 'oci', { runtime: 'crun' }],
      ['vm', 'qemu', vmDefaults],
      ['vm-pc', 'qemu', { ...vmDefaults, machine: 'pc' }],
      ['vm-full', 'qemu', { ...vmDefaults, guest: 'full' }],
      ['vm-full-uefi', 'qemu', { ...vmDefaults, guest: 'full', firmware: 'uefi' }],
      ['vm-clone', 'qemu', { ...vmDefaults, start: 'snapshot' }],
      ['microvm', 'qemu', { ...vmDefaults, machine: 'microvm' }],
    ]);
  });

  it('the baseline is process wherever it stands, unless another is named', () => {
    const text = 'name: s\nworkload: tiny\nplatforms: [vm, process]\n';
    expect(load(text).baseline).toBe('process');
    expect(load(`${text}baseline: vm\n`).baseline).toBe('vm');
  });

  it('measures without samples take those of startup, else 10', () => {
    const samples = (measures: string): unknown => {
      const { startup, stop, memory } = load(
        `name: s\nworkload: tiny\nplatforms: [vm]\nmeasures: ${measures}\n`,
      ).measures;
      return [startup?.samples, stop?.samples, memory?.samples];
    };
    expect(samples('{ startup: { samples: 3 }, stop: {}, memory: { samples: 4 } }')).toEqual([3, 3, 4]);
    expect(samples('{ stop: {}, memory: {} }')).toEqual([undefined, 10, 10]);
  });

  it('memory is read at rest only unless there is a load', () => {
    const memory = (text: string): unknown =>
      load(`name: s\nworkload: tiny\nplatforms: [vm]\nmeasures: { memory: ${text} }\n`).measures.memory;
    expect(memory('{}')).toEqual({ samples: 10, settleMs: 1000, load: null });
    expect(memory('{ load: none, settle: 0s }')).toEqual({ samples: 10, settleMs: 0, load: null });
    expect(memory('{ load: { rps: 0.5, duration: 1m } }')).toEqual({
      samples: 10,
      settleMs: 1000,
      load: { rps: 0.5, durationMs: 60_000 },
    });
  });

  it('a workload can be written out in the scenario; its files are relative to it', () => {
    const scenario = load(
      `name: s
platforms: [process]
workload:
  name: here
  rootfs: { from: debian, packages: [busybox-static], files: [{ from: a/b, to: /b, mode: '0755', owner: '33:33' }] }
  command: [/bin/busybox]
  user: '33:33'
  port: 80
  ready: { by: http, path: /up, body: fine, timeout: 2m }
`,
      { 'a/b': 'x' },
    );
    expect(scenario.workload.file).toBe(scenario.file);
    expect(scenario.workload.rootfs.files).toEqual([
      { from: scenario.file.replace('s.yaml', 'a/b'), to: '/b', mode: 0o755, owner: '33:33' },
    ]);
    expect(scenario.workload.ready).toEqual({
      by: 'http',
      path: '/up',
      status: 200,
      bodyContains: 'fine',
      timeoutMs: 120_000,
    });
    expect(scenario.workload.loadPath).toBe('/up');
  });

  it('anchors and aliases may be used in moderation', () => {
    const { platforms } = load(
      'name: s\nworkload: tiny\nplatforms:\n  - { id: a, runner: oci, limits: &big { memory: 1GiB } }\n  - { id: b, runner: qemu, limits: *big }\n',
    );
    expect(platforms.map((platform) => platform.limits.memoryBytes)).toEqual([2 ** 30, 2 ** 30]);
  });
});
