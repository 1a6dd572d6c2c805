/**
 * What every runner must do, through the Runner interface alone: one suite, one line per runner in
 * test/support/platforms/conformance-cases.ts. All share one run, one payload and one prober.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Readiness } from '../../../bench/prober/prober.ts';
import { readRollup } from '../../../runners/machine/smaps.ts';
import type { Instance, Launch } from '../../../runners/runner.ts';
import { conformanceCases, type Check } from '../../support/platforms/conformance-cases.ts';
import {
  openConformanceStage,
  type ConformanceStage,
  type PlatformStage,
} from '../../support/platforms/conformance-stage.ts';
import { digestsOf } from '../../support/platforms/vm-stage.ts';
import { eventually, silentLog } from '../../runners/machine/local-run.ts';
import {
  commandsOf,
  environmentIn,
  exists,
  expectLimits,
  expectNothingLeft,
  namespaces,
} from '../../runners/machine/outside.ts';
import { openFileLimit } from '../../../runners/machine/resource-limits.ts';
import { box } from '../../fixtures/launch.ts';

const serve: Launch = {
  command: ['/bin/busybox', 'sh', '/srv/serve.sh'],
  environment: { GREETING: 'two  words', PATH: '/bin' },
  user: 'guest',
  workdir: '/srv/data',
  box,
  port: 8080,
  stopSignal: 'SIGTERM',
  logMarks: [{ name: 'serving', pattern: /^serving now$/ }],
};

let stage: ConformanceStage;
beforeAll(async () => {
  stage = await openConformanceStage();
});
afterAll(() => stage.close());

describe.each(await conformanceCases())('$name', (platform) => {
  let place: PlatformStage;
  beforeAll(() => {
    place = stage.platform(platform);
  });
  afterAll(() => place.dispose());

  const create = (launch: Launch = serve): Promise<Instance> => place.create(launch);
  const startServing = (instance: Instance): Promise<Readiness> => place.startServing(instance);
  const script = (name: string): Launch => ({ ...serve, command: ['/bin/busybox', 'sh', `/srv/${name}`] });
  const expectLeftNothing = (instance: Instance): Promise<void> => expectNothingLeft(instance, stage.context);

  /** A check that this platform can be held to; the table says why one cannot. */
  const check = (name: Check, title: string, body: () => Promise<void>): void => {
    if (platform.without[name] === undefined) it(title, body);
  };

  it('is usable here and names its version', async () => {
    const { signal, folders } = stage.context;
    expect(await platform.probe({ signal, log: silentLog, cache: folders.cache })).toMatchObject({
      usable: true,
      version: expect.stringMatching(/\d+\.\d+/) as string,
    });
  });

  describe('an instance that serves', () => {
    let instance: Instance;
    let seen: Readiness;

    beforeAll(async () => {
      instance = await create();
      seen = await startServing(instance);
    });
    afterAll(() => instance.dispose());

    it('has every mark, in order', async () => {
      const { execAt, listeningAt, readyAt } = seen;
      const { marks } = await place.prepare(serve);
      // Without the kernel's tracer nobody sees the execution in a container.
      if (execAt !== null) instance.marks.set('exec', execAt);
      const expected = marks.filter((mark) => mark !== 'exec' || stage.prober.tracer.available);
      const at = instance.marks.all();
      const moments = [...expected.map((mark) => at[mark]), listeningAt, readyAt];
      expect(moments).toEqual([...moments].sort((a, b) => (a ?? NaN) - (b ?? NaN)));
      if (platform.without.output !== undefined) return;
      // A line of the log is seen when it arrives, which may be later than anything that came after it.
      await eventually('the mark of a log line', () =>
        Promise.resolve(instance.marks.get('serving') ?? null),
      );
      expect(instance.marks.get('serving')).toBeGreaterThan(at[expected.at(-1) ?? ''] ?? Infinity);
    });

    const seenInside =
      'runs as the declared user, in the declared folder and environment, and its output is kept';
    check('output', seenInside, async () => {
      const log = await eventually('the log', async () => {
        const text = await readFile(instance.logFile, 'utf8');
        return text.includes('to stderr') ? text : null;
      });
      expect(log).toContain('uid=4711 gid=4712');
      expect(log).toMatch(/^groups=4712\r?$/m);
      expect(log).toContain('cwd=/srv/data');
      if (platform.kind !== 'vm') {
        const { soft, hard } = await openFileLimit(box.openFiles);
        expect(log).toContain(`files=${soft}/${hard}`);
      }
      const { PWD, SHLVL, OLDPWD, ...declared } = environmentIn(log);
      // The three are the workload's own shell's.
      expect({ PWD, SHLVL, OLDPWD }).toEqual({ PWD: '/srv/data', SHLVL: '1', OLDPWD: undefined });
      expect(declared).toMatchObject({ ...serve.environment, HOME: '/home/guest' });
      expect(log).toContain(`${platform.seesAddress ?? instance.address.host}/`);
    });

    it('has the same bytes as the payload', async () => {
      const listing = (await stage.get(instance, '/cgi-bin/digests')).trim().split('\n').sort();
      const added = platform.addsFiles.map((file) => `  ${file}`);
      expect(listing.filter((line) => !added.some((file) => line.endsWith(file)))).toEqual(
        await digestsOf(stage.payload.root),
      );
    });

    it('has its limits in force', () => expectLimits(instance, platform.limits, platform.seenAs));

    it('is found whole in its cgroup, with its CPU time and memory', async () => {
      const commands = await commandsOf(instance);
      // A child of it that answered the question before may still be there.
      expect(commands.filter((each) => each.startsWith(platform.seenAs))).not.toEqual([]);
      expect(await instance.cgroup.cpuTimeMs()).toBeGreaterThan(0);
      const memory = await instance.cgroup.memory();
      expect(memory.usageBytes).toBeGreaterThan(0);
      expect(memory.workingSetBytes).toBeLessThanOrEqual(memory.usageBytes);
      expect(memory.oomKills).toBe(0);
      const pids = await instance.cgroup.processes();
      // That child may end between the two looks: then it has no memory to tell of.
      const rollups = (await Promise.all(pids.map((pid) => readRollup(pid)))).filter((each) => each !== null);
      // gVisor keeps processes ready that have no memory yet.
      const isSandbox = platform.seenAs === 'runsc-sandbox';
      const used = isSandbox ? rollups.filter(({ pssBytes }) => pssBytes > 0) : rollups;
      expect(used).not.toEqual([]);
      for (const rollup of used) expect(rollup.pssBytes).toBeGreaterThan(0);
    });

    it('stops when asked, and leaves nothing', async () => {
      expect(await instance.diagnose()).toBeNull();
      await instance.stop('graceful');
      const exit = await instance.exited;
      expect(exit).toMatchObject({ code: 0, signal: null });
      expect(exit.at).toBeGreaterThan(seen.readyAt);
      await instance.dispose();
      await expectLeftNothing(instance);
    });
  });

  check('layer', 'keeps what it writes in its own layer', async () => {
    const launch: Launch = {
      ...serve,
      command: ['/bin/busybox', 'dd', 'if=/dev/zero', 'of=/srv/data/file', 'bs=1M', 'count=4'],
    };
    const instance = await create(launch);
    try {
      const before = await instance.layerBytes();
      await instance.start();
      expect((await instance.exited).code).toBe(0);
      // Less than was written: where a program of Tare's starts the workload, it takes itself away.
      expect((await instance.layerBytes()) - before).toBeGreaterThanOrEqual(3 * 1024 * 1024);
      expect(await readdir(join(stage.payload.root, 'srv/data'))).toEqual([]);
    } finally {
      await instance.dispose();
    }
  });

  check('exit', 'tells a workload that ends at once by its exit code and last words', async () => {
    const instance = await create(script('exit.sh'));
    try {
      await instance.start();
      expect(await instance.exited).toMatchObject({ code: 3, signal: null });
      expect(await instance.diagnose()).toMatchObject({
        code: 'exited',
        message: expect.stringMatching(/exit code 3[^]*that was all/) as string,
      });
      expect(await readFile(instance.logFile, 'utf8')).toContain('that was all');
    } finally {
      await instance.dispose();
    }
    await expectLeftNothing(instance);
  });

  check('out-of-memory', 'tells a workload that was killed for memory', async () => {
    const instance = await create(script('eat.sh'));
    try {
      await instance.start();
      await instance.exited;
      expect(await instance.diagnose()).toMatchObject({ code: 'out-of-memory' });
    } finally {
      await instance.dispose();
    }
    await expectLeftNothing(instance);
  });

  check('start-failed', 'tells a box that could not start the workload', async () => {
    const instance = await create({ ...serve, command: ['/srv/not-executable'] });
    try {
      await instance.start();
      await instance.exited;
      expect(await instance.diagnose()).toMatchObject({
        code: 'start-failed',
        message: expect.stringMatching(/permission denied|not executable/i) as string,
      });
    } finally {
      await instance.dispose();
    }
    await expectLeftNothing(instance);
  });

  check('kill', 'kills what ignores the stop signal', async () => {
    const instance = await create(script('deaf.sh'));
    try {
      await startServing(instance);
      await instance.stop('graceful');
      expect(await instance.cgroup.processes()).not.toEqual([]);
      await instance.stop('kill');
      const { code, signal: by } = await instance.exited;
      expect(by ?? code).toBe(platform.killed);
      // A helper may have something left to do when the command has ended.
      await eventually('the end of every process', async () =>
        (await instance.cgroup.processes()).length === 0 ? true : null,
      );
    } finally {
      await instance.dispose();
    }
    await expectLeftNothing(instance);
  });

  check(
    'two',
    'runs two at once, each at its own address, and disposes of a running one, twice',
    async () => {
      const [one, two] = await Promise.all([create(), create()]);
      try {
        await Promise.all([startServing(one), startServing(two)]);
        expect(one.address.host).not.toBe(two.address.host);
        await one.dispose();
        await one.dispose();
        expect(await stage.get(two, '/health')).toBe('fine\n');
      } finally {
        await Promise.all([one.dispose(), two.dispose()]);
      }
      await expectLeftNothing(one);
      await expectLeftNothing(two);
    },
  );

  check('starting', 'disposes of one that is just being started', async () => {
    const instance = await create(script('deaf.sh'));
    await instance.start();
    await instance.dispose();
    await instance.exited;
    await expectLeftNothing(instance);
  });

  it('disposes of one that was never started', async () => {
    const instance = await create();
    await instance.dispose();
    await expectLeftNothing(instance);
  });

  it('leaves nothing when an instance cannot be created', async () => {
    const id = `${platform.name}-${place.created + 1}`;
    const taken = await stage.context.cgroup.child(id);
    await expect(create()).rejects.toThrow(/EEXIST/);
    expect(await namespaces()).not.toContain(`${stage.context.network.namespace}-${id}`);
    expect(await exists(join(stage.context.folders.scratch, id))).toBe(false);
    await taken.remove();
  });

  it.each([
    ['user', { user: 'nobody-here' }, /no user "nobody-here"/],
    ['program', { command: ['/bin/missing'] }, /no program \/bin\/missing/],
    ['folder', { workdir: '/missing' }, /no folder \/missing/],
  ])('refuses a payload without the %s', async (_, change, message) => {
    await expect(
      platform.prepare(stage.payload, 'refused', { ...serve, ...change }, stage.context),
    ).rejects.toThrow(message);
  });

  check('images', 'knows the sizes of what is shipped and stored', async () => {
    const figures = await (await place.prepare(serve)).images();
    const disk = platform.kind === 'vm' ? ['virtual'] : [];
    const lenses = ['allocated', 'transfer', 'transfer', 'unpacked', ...disk];
    expect(figures.map(({ lens }) => lens).sort()).toEqual(lenses);
    for (const { bytes } of figures) expect(bytes).toBeGreaterThan(1000);
  });
});
