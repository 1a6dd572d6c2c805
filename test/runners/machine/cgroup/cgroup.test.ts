/**
 * Paths, files and figures of both cgroup versions on a tree of plain files. The kernel's own behaviour (a directory
 * fills itself with control files, limits hold) is tested for real in test/e2e.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cgroupLayoutOf } from '../../../../runners/machine/cgroup/cgroup-layout.ts';
import { cgroupV1, createRunV1 } from '../../../../runners/machine/cgroup/cgroup-v1.ts';
import { cgroupV2, createV2 } from '../../../../runners/machine/cgroup/cgroup-v2.ts';
import { writeFiles } from './write-files.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tare-cgroup-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const files = (contents: Record<string, string>): Promise<void> => writeFiles(root, contents);

const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

function mount(
  type: string,
  path: string,
  ...superOptions: string[]
): Parameters<typeof cgroupLayoutOf>[0][0] {
  return { type, path, root: '/', superOptions: ['rw', ...superOptions] };
}

describe('the layout', () => {
  const v1 = [
    mount('cgroup', '/c/cpu,cpuacct', 'cpu', 'cpuacct'),
    mount('cgroup', '/c/cpuset', 'cpuset'),
    mount('cgroup', '/c/memory', 'memory'),
    mount('cgroup', '/c/devices', 'devices'),
    mount('cgroup', '/c/systemd', 'name=systemd'),
  ];

  it('is v2 where only the unified hierarchy is mounted', () => {
    expect(cgroupLayoutOf([mount('ext4', '/'), mount('cgroup2', '/sys/fs/cgroup')])).toEqual({
      version: 2,
      mount: '/sys/fs/cgroup',
      root: '/',
    });
  });

  it('is v1 with one hierarchy for co-mounted controllers', () => {
    expect(cgroupLayoutOf(v1)).toEqual({
      version: 1,
      hierarchies: [
        { mount: '/c/cpu,cpuacct', root: '/', controllers: ['cpu', 'cpuacct'] },
        { mount: '/c/cpuset', root: '/', controllers: ['cpuset'] },
        { mount: '/c/memory', root: '/', controllers: ['memory'] },
      ],
      others: ['/c/devices', '/c/systemd'],
      unified: null,
    });
  });

  it('is hybrid with a unified hierarchy beside them', () => {
    expect(cgroupLayoutOf([...v1, mount('cgroup2', '/c/unified')])).toMatchObject({
      version: 1,
      others: ['/c/devices', '/c/systemd', '/c/unified'],
      unified: '/c/unified',
    });
  });

  it('says what is missing', () => {
    expect(() => cgroupLayoutOf([])).toThrow(/no cgroup hierarchy is mounted/);
    expect(() => cgroupLayoutOf(v1.slice(1))).toThrow(/lack cpu, cpuacct;/);
  });
});

describe('version 2', () => {
  const cgroup = (): ReturnType<typeof cgroupV2> =>
    cgroupV2({ version: 2, mount: root, root: '/' }, '/tare-x');

  it('hands down the controllers that are there and not yet handed down', async () => {
    await files({
      'cgroup.controllers': 'cpuset cpu io memory pids\n',
      'cgroup.subtree_control': 'cpu pids\n',
    });
    await createV2({ version: 2, mount: root, root: '/' }, '/tare-x');
    expect(await read('cgroup.subtree_control')).toMatch(/^\+cpuset \+memory/);
    await files({ 'tare-x/cgroup.controllers': 'cpu memory\n', 'tare-x/cgroup.subtree_control': '\n' });
    expect((await cgroup().child('one')).path).toBe('/tare-x/one');
    expect(await read('tare-x/cgroup.subtree_control')).toBe('+cpu +memory');
  });

  it('says when a controller is not offered or cannot be handed down', async () => {
    await files({ 'cgroup.controllers': 'cpu pids\n' });
    await expect(createV2({ version: 2, mount: root, root: '/' }, '/tare-x')).rejects.toThrow(
      /no memory controller/,
    );
    await files({ 'cgroup.controllers': 'cpu memory\n', 'cgroup.subtree_control/is-no-file': '' });
    await expect(createV2({ version: 2, mount: root, root: '/' }, '/tare-x')).rejects.toThrow(/EISDIR/);
  });

  it('writes limits, without swap where the kernel accounts it', async () => {
    await files({ 'tare-x/cpu.max': '', 'tare-x/memory.max': '', 'tare-x/cpuset.cpus': '' });
    const limits = { cpus: 1.5, memoryBytes: 1 << 29, cpuset: [0, 2] };
    await cgroup().setLimits(limits);
    expect(await read('tare-x/cpu.max')).toBe('150000 100000');
    expect(await read('tare-x/memory.max')).toBe('536870912');
    expect(await read('tare-x/cpuset.cpus')).toBe('0,2');
    await files({ 'tare-x/memory.swap.max': 'max' });
    await cgroup().setLimits(limits);
    expect(await read('tare-x/memory.swap.max')).toMatch(/^0/);
  });

  it('names the file and the value that the kernel refuses', async () => {
    await files({ 'tare-x/cpu.max/is-no-file': '' });
    await expect(cgroup().setLimits({ cpus: 2, memoryBytes: null, cpuset: null })).rejects.toThrow(
      /cannot write "200000 100000" to .*cpu\.max: EISDIR/,
    );
  });

  it('reads memory, CPU time and processes below it', async () => {
    await files({
      'tare-x/memory.current': '300000\n',
      'tare-x/memory.stat': 'anon 1\nfile 2\ninactive_anon 77\nactive_file 5\ninactive_file 100000\n',
      'tare-x/memory.events': 'low 0\nhigh 0\nmax 9\noom 3\noom_kill 2\noom_group_kill 0\n',
      'tare-x/cpu.stat': 'usage_usec 123456\nuser_usec 100000\nsystem_usec 23456\n',
      'tare-x/cgroup.procs': '',
      'tare-x/box/cgroup.procs': '12\n7\n',
    });
    expect(await cgroup().memory()).toEqual({ usageBytes: 300_000, workingSetBytes: 200_000, oomKills: 2 });
    expect(await cgroup().usageBytes()).toBe(300_000);
    expect(await cgroup().cpuTimeMs()).toBe(123.456);
    expect(await cgroup().processes()).toEqual([7, 12]);
    expect(cgroup().joinFiles()).toEqual([join(root, 'tare-x/cgroup.procs')]);
  });

  it('takes one that is not there for empty', async () => {
    expect(await cgroup().processes()).toEqual([]);
    await cgroup().kill();
    await cgroup().remove();
  });

  it('refuses to kill the process that asks for it', async () => {
    await files({ 'tare-x/cgroup.procs': `${process.pid}\n` });
    await expect(cgroup().kill()).rejects.toThrow(/Tare itself is in it/);
  });
});

describe('version 1', () => {
  const layout = (): Parameters<typeof cgroupV1>[0] => ({
    version: 1,
    hierarchies: [
      { mount: join(root, 'cpu,cpuacct'), root: '/', controllers: ['cpu', 'cpuacct'] },
      { mount: join(root, 'cpuset'), root: '/', controllers: ['cpuset'] },
      { mount: join(root, 'memory'), root: '/', controllers: ['memory'] },
    ],
    others: [join(root, 'devices')],
    unified: null,
  });
  const cgroup = (): ReturnType<typeof cgroupV1> => cgroupV1(layout(), '/tare-x');

  it('is a directory in each hierarchy', async () => {
    await files({ 'cpu,cpuacct/tasks': '', 'memory/tasks': '' });
    // A plain file does not appear by itself as the kernel's would; where it is written, it is missed.
    await files({ 'cpuset/cpuset.cpus': '0-3\n', 'cpuset/cpuset.mems': '0\n' });
    await expect(createRunV1(layout(), '/tare-x')).rejects.toThrow(
      /cannot write "0-3" to .*cpuset\.cpus: ENOENT/,
    );
    expect(cgroup().joinFiles()).toEqual([
      join(root, 'cpu,cpuacct/tare-x/cgroup.procs'),
      join(root, 'cpuset/tare-x/cgroup.procs'),
      join(root, 'memory/tare-x/cgroup.procs'),
    ]);
  });

  it('writes limits', async () => {
    await files({
      'cpu,cpuacct/tare-x/cpu.cfs_quota_us': '',
      'memory/tare-x/memory.limit_in_bytes': '',
      'memory/tare-x/memory.memsw.limit_in_bytes': '',
      'cpuset/tare-x/cpuset.cpus': '',
    });
    await cgroup().setLimits({ cpus: 0.25, memoryBytes: 1 << 29, cpuset: [1] });
    expect(await read('cpu,cpuacct/tare-x/cpu.cfs_quota_us')).toBe('25000');
    expect(await read('memory/tare-x/memory.limit_in_bytes')).toBe('536870912');
    expect(await read('memory/tare-x/memory.memsw.limit_in_bytes')).toBe('536870912');
    expect(await read('cpuset/tare-x/cpuset.cpus')).toBe('1');
  });

  it('reads memory and CPU time, and adds up the kills of its children', async () => {
    await files({
      'memory/tare-x/memory.usage_in_bytes': '300000\n',
      'memory/tare-x/memory.stat': 'cache 1\ninactive_file 5\ntotal_cache 2\ntotal_inactive_file 100000\n',
      'memory/tare-x/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 1\n',
      'memory/tare-x/box/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
      'cpu,cpuacct/tare-x/cpuacct.usage': '123456789\n',
    });
    expect(await cgroup().memory()).toEqual({ usageBytes: 300_000, workingSetBytes: 200_000, oomKills: 3 });
    expect(await cgroup().usageBytes()).toBe(300_000);
    expect(await cgroup().cpuTimeMs()).toBeCloseTo(123.456789);
  });

  it('knows its processes from every hierarchy, each once', async () => {
    await files({
      'memory/tare-x/cgroup.procs': '5\n',
      'cpu,cpuacct/tare-x/cgroup.procs': '5\n3\n',
      'cpuset/tare-x/box/cgroup.procs': '9\n',
    });
    expect(await cgroup().processes()).toEqual([3, 5, 9]);
  });
});
