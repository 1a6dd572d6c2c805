/** What every runner on this kernel must do, through the Runner interface alone: one table, one column per runner. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Payload } from '../../runners/images/payload.ts';
import { ociRunner } from '../../runners/oci/runner.ts';
import { processRunner } from '../../runners/process/runner.ts';
import type { Fitness, Instance, Launch, PreparedPlatform, RunContext } from '../../runners/runner.ts';
import {
  busyboxPayload,
  eventually,
  get,
  openLocalRun,
  silentLog,
  type LocalRun,
} from '../runners/host/local-run.ts';
import {
  commandsOf,
  environmentIn,
  exists,
  expectLimits,
  expectNothingLeft,
  namespaces,
} from '../runners/host/outside.ts';

interface Case {
  name: string;
  probe(cache: string): Promise<Fitness>;
  prepare(payload: Payload, id: string, launch: Launch, context: RunContext): Promise<PreparedPlatform>;
}

const limits = { cpus: 0.5, memoryBytes: 96 * 1024 * 1024 };
const signal = new AbortController().signal;

const cases: Case[] = [
  {
    name: 'process',
    probe: (cache) => processRunner.probe({}, { signal, log: silentLog, cache }),
    prepare: (payload, id, launch, context) =>
      processRunner.prepare(payload, { id, limits, launch, options: {} }, context),
  },
  ...['runc', 'crun'].map((runtime) => ({
    name: runtime,
    probe: (cache: string) => ociRunner.probe({ runtime }, { signal, log: silentLog, cache }),
    prepare: (payload: Payload, id: string, launch: Launch, context: RunContext) =>
      ociRunner.prepare(payload, { id, limits, launch, options: { runtime } }, context),
  })),
];

const serve: Launch = {
  command: ['/bin/busybox', 'sh', '/srv/serve.sh'],
  environment: { GREETING: 'two  words', PATH: '/bin' },
  user: 'guest',
  workdir: '/srv/data',
  port: 8080,
  stopSignal: 'SIGTERM',
  logMarks: [{ name: 'serving', pattern: /^serving now$/ }],
};

describe.each(cases)('$name', (runner) => {
  let run: LocalRun;
  let payload: Payload;
  let number = 0;
  const prepared = new Map<string, PreparedPlatform>();

  beforeAll(async () => {
    run = await openLocalRun();
    payload = await busyboxPayload(join(run.folder, 'payload'));
  });

  afterAll(async () => {
    for (const platform of prepared.values()) await platform.dispose();
    expect(await run.close()).toEqual([]);
  });

  /** An instance of the platform with this launch, ready to be started. */
  async function create(launch: Launch = serve): Promise<Instance> {
    const key = launch.command.join(' ');
    const name = `${runner.name}-platform-${prepared.size}`;
    const platform = prepared.get(key) ?? (await runner.prepare(payload, name, launch, run.context));
    prepared.set(key, platform);
    number += 1;
    const id = `${runner.name}-${number}`;
    const logs = join(run.folder, 'logs', id);
    await mkdir(logs, { recursive: true });
    return platform.create({ id, logs });
  }

  async function startServing(instance: Instance): Promise<void> {
    await instance.start();
    const { host, port } = instance.address;
    await eventually('an answer', () => get(run.context.network.nsPath, `http://${host}:${port}/health`));
  }

  function script(name: string): Launch {
    return { ...serve, command: ['/bin/busybox', 'sh', `/srv/${name}`] };
  }

  it('is usable here and names its version', async () => {
    expect(await runner.probe(run.context.folders.cache)).toMatchObject({
      usable: true,
      accel: 'none',
      version: expect.stringMatching(/\d+\.\d+/) as string,
    });
  });

  it('serves with the declared user, folder, environment and limits, and stops when asked', async () => {
    const instance = await create();
    try {
      await startServing(instance);
      const log = await eventually('the log', async () => {
        const text = await readFile(instance.logFile, 'utf8');
        return text.includes('to stderr') ? text : null;
      });
      expect(log).toContain('uid=4711 gid=4712');
      expect(log).toContain('cwd=/srv/data');
      expect(log).toContain('files=1024/4096');
      const { PWD, SHLVL, OLDPWD, ...declared } = environmentIn(log);
      // The three are the workload's own shell's.
      expect({ PWD, SHLVL, OLDPWD }).toEqual({ PWD: '/srv/data', SHLVL: '1', OLDPWD: undefined });
      expect(declared).toEqual({ ...serve.environment, HOME: '/home/guest' });
      expect(log).toContain(`${instance.address.host}/16`);
      const marks = instance.marks.all();
      expect(marks['serving']).toBeGreaterThan(marks['spawned'] ?? Infinity);
      await expectLimits(instance, limits);
      expect(await instance.diagnose()).toBeNull();
      await instance.stop('graceful');
      const exit = await instance.exited;
      expect(exit).toMatchObject({ code: 0, signal: null });
      expect(exit.at).toBeGreaterThan(marks['serving'] ?? Infinity);
    } finally {
      await instance.dispose();
    }
    await expectNothingLeft(instance, run.context);
  });

  it('is the workload in its cgroup, and counts its CPU time and memory', async () => {
    const instance = await create();
    try {
      await startServing(instance);
      const commands = await commandsOf(instance);
      expect(commands.filter((each) => each.startsWith('httpd'))).toHaveLength(1);
      expect(await instance.cgroup.cpuTimeMs()).toBeGreaterThan(0);
      const memory = await instance.cgroup.memory();
      expect(memory.usageBytes).toBeGreaterThan(0);
      expect(memory.workingSetBytes).toBeLessThanOrEqual(memory.usageBytes);
      expect(memory.oomKills).toBe(0);
    } finally {
      await instance.dispose();
    }
  });

  it('keeps what it writes in its own layer', async () => {
    const launch: Launch = {
      ...serve,
      command: ['/bin/busybox', 'dd', 'if=/dev/zero', 'of=/srv/data/file', 'bs=1M', 'count=3'],
    };
    const instance = await create(launch);
    try {
      const before = await instance.layerBytes();
      await instance.start();
      expect((await instance.exited).code).toBe(0);
      expect((await instance.layerBytes()) - before).toBeGreaterThanOrEqual(3 * 1024 * 1024);
      expect(await readdir(join(payload.root, 'srv/data'))).toEqual([]);
    } finally {
      await instance.dispose();
    }
  });

  it('tells a workload that ends at once by its exit code and last words', async () => {
    const instance = await create(script('exit.sh'));
    try {
      await instance.start();
      expect(await instance.exited).toMatchObject({ code: 3, signal: null });
      const diagnosis = await instance.diagnose();
      expect(diagnosis?.code).toBe('exited');
      expect(diagnosis?.message).toMatch(/exit code 3[^]*that was all/);
    } finally {
      await instance.dispose();
    }
    await expectNothingLeft(instance, run.context);
  });

  it('tells a workload that was killed for memory', async () => {
    const instance = await create(script('eat.sh'));
    try {
      await instance.start();
      await instance.exited;
      expect(await instance.diagnose()).toMatchObject({ code: 'out-of-memory' });
    } finally {
      await instance.dispose();
    }
    await expectNothingLeft(instance, run.context);
  });

  it('tells a box that could not start the workload', async () => {
    const instance = await create({ ...serve, command: ['/srv/not-executable'] });
    try {
      await instance.start();
      await instance.exited;
      expect(await instance.diagnose()).toMatchObject({
        code: 'start-failed',
        message: expect.stringMatching(/permission denied/i) as string,
      });
    } finally {
      await instance.dispose();
    }
    await expectNothingLeft(instance, run.context);
  });

  it('kills what ignores the stop signal', async () => {
    const instance = await create(script('deaf.sh'));
    try {
      await startServing(instance);
      await instance.stop('graceful');
      expect(await instance.cgroup.processes()).not.toEqual([]);
      await instance.stop('kill');
      const { code, signal: by } = await instance.exited;
      // A runtime tells of its workload's end as a shell does: 128 and the signal's number.
      expect(by ?? code).toBe(runner.name === 'process' ? 'SIGKILL' : 137);
      expect(await instance.cgroup.processes()).toEqual([]);
    } finally {
      await instance.dispose();
    }
    await expectNothingLeft(instance, run.context);
  });

  it('runs two at once, each at its own address, and disposes of a running one, twice', async () => {
    const [one, two] = await Promise.all([create(), create()]);
    try {
      await Promise.all([startServing(one), startServing(two)]);
      expect(one.address.host).not.toBe(two.address.host);
      await one.dispose();
      await one.dispose();
      const url = `http://${two.address.host}:8080/health`;
      expect(await get(run.context.network.nsPath, url)).toBe('fine');
    } finally {
      await Promise.all([one.dispose(), two.dispose()]);
    }
    await expectNothingLeft(one, run.context);
    await expectNothingLeft(two, run.context);
  });

  it('disposes of one that is just being started', async () => {
    const instance = await create(script('deaf.sh'));
    await instance.start();
    await instance.dispose();
    await instance.exited;
    await expectNothingLeft(instance, run.context);
  });

  it('disposes of one that was never started', async () => {
    const instance = await create();
    await instance.dispose();
    await expectNothingLeft(instance, run.context);
  });

  it('leaves nothing when an instance cannot be created', async () => {
    const taken = join(run.context.folders.scratch, `${runner.name}-${number + 1}`);
    await writeFile(taken, 'a file where a folder is to be');
    await expect(create()).rejects.toThrow(/EEXIST|ENOTDIR/);
    const network = await namespaces();
    expect(network).not.toContain(`${run.context.network.namespace}-${runner.name}-${number}`);
    expect(await exists(`/sys/fs/cgroup/memory/tare-${run.context.runId}/${runner.name}-${number}`)).toBe(
      false,
    );
  });

  it.each([
    ['user', { user: 'nobody-here' }, /no user "nobody-here"/],
    ['program', { command: ['/bin/missing'] }, /no program \/bin\/missing/],
    ['folder', { workdir: '/missing' }, /no folder \/missing/],
  ])('refuses a payload without the %s', async (_, change, message) => {
    await expect(runner.prepare(payload, 'refused', { ...serve, ...change }, run.context)).rejects.toThrow(
      message,
    );
  });

  it('knows the sizes of what is shipped and stored', async () => {
    await (await create()).dispose();
    const figures = (await prepared.get(serve.command.join(' '))?.images()) ?? [];
    expect(figures.map(({ lens }) => lens).sort()).toEqual(['allocated', 'transfer', 'transfer', 'unpacked']);
    for (const { bytes } of figures) expect(bytes).toBeGreaterThan(1000);
  });
});
