/**
 * Starting containers through Tare against the same command line typed into a shell, with the same network, layer and
 * cgroup, seen by the same prober, in pairs A B B A. The command line is the one that Tare's launcher waits with.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ascending, quantile } from '../../../bench/statistics/quantile.ts';
import { assetFile } from '../../../runners/machine/asset.ts';
import { monotonicMs } from '../../../runners/machine/clock.ts';
import { start, type RunningCommand } from '../../../runners/machine/command.ts';
import type { Instance } from '../../../runners/runner.ts';
import { createLauncher } from '../../../runners/shared/launch.ts';
import type { BenchRow } from '../row.ts';
import { openBenchStage, type BenchStage } from '../stage.ts';

type Way = 'tare' | 'shell';

export async function benchEngineStart(platformId: string, pairs: number): Promise<BenchRow[]> {
  const stage = await openBenchStage('tiny', [platformId]);
  try {
    const start = await starter(stage);
    for (const way of ['tare', 'shell'] as const) await start(way);
    const times = { tare: [] as number[], shell: [] as number[] };
    for (let pair = 0; pair < pairs; pair += 1) {
      const order = pair % 2 === 0 ? (['tare', 'shell'] as const) : (['shell', 'tare'] as const);
      for (const way of order) times[way].push(await start(way));
    }
    const [tare, shell] = [times.tare, times.shell].map((values) => quantile(ascending(values), 0.5));
    const row = (name: string, value: number, unit: 'ms' | 'ratio', atMost: number | null): BenchRow => ({
      name: `${platformId} tiny ready, ${name}`,
      value,
      unit,
      atMost,
    });
    return [
      row(`by Tare, median of ${pairs}`, tare ?? NaN, 'ms', null),
      row(`by a shell, median of ${pairs}`, shell ?? NaN, 'ms', null),
      row('Tare over shell', (tare ?? NaN) / (shell ?? NaN), 'ratio', 1.05),
    ];
  } finally {
    await stage.close();
  }
}

/** Starts one instance and answers after how many milliseconds it was ready. */
async function starter(stage: BenchStage): Promise<(way: Way) => Promise<number>> {
  const [platform] = stage.scenario.platforms;
  if (!platform) throw new Error('the scenario has no platform');
  const prepared = await stage.prepare(platform);
  let count = 0;
  return async (way) => {
    count += 1;
    const id = `bench-${count}`;
    const logs = join(stage.logs, id);
    await mkdir(logs);
    const instance = await prepared.create({ id, logs });
    const shell = way === 'shell' ? await shellIn(instance) : null;
    try {
      const watch = await stage.resources.prober.watch(stage.target(platform, instance), 60_000);
      const beganAt = monotonicMs();
      if (shell) shell.go();
      else await instance.start();
      const result = await watch.result;
      if (!result.ready) throw new Error(`${way} ${id}: ${JSON.stringify(result.notReady)}`);
      return result.readiness.readyAt - beganAt;
    } finally {
      // Podman removes only what its own helper has seen end.
      if (shell) await instance.cgroup.kill();
      else {
        await instance.stop('kill');
        await instance.exited;
      }
      await instance.dispose();
      shell?.command.kill('SIGKILL');
    }
  };
}

/** A shell in the place of the launcher: in its cgroups and namespaces, with its environment. */
export async function shellIn(
  instance: Instance,
  loop = 'test/benchmarks/starts/command-loop.sh',
): Promise<{ command: RunningCommand; go(): void }> {
  const [pid = 0] = await instance.cgroup.processes();
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(0, -1);
  const line = words.slice(words.indexOf('--') + 1);
  const script = words.slice(0, words.indexOf('--') + 1).map((word) => (word === 'wait' ? 'now' : word));
  const environment = Object.fromEntries(
    (await readFile(`/proc/${pid}/environ`, 'utf8'))
      .split('\0')
      .filter(Boolean)
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
  const enter = ['--target', String(pid), '--mount', '--net', '--', ...(await asUser(instance, pid))];
  // By its text: a user may not be allowed to read the file.
  const shell = ['/bin/sh', '-c', await readFile(assetFile(loop), 'utf8'), loop];
  const command = start('nsenter', [...enter, ...script, ...shell, ...line], {
    env: environment,
    cleanEnv: true,
  });
  command.stdout.resume();
  command.stderr.resume();
  return {
    command,
    go: () => {
      command.stdin.write('\n');
    },
  };
}

/** A user's launcher was put into its cgroup by root, before it became the user; empty where root starts the container. */
async function asUser(instance: Instance, pid: number): Promise<string[]> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const [uid = '0', gid = '0'] = ['Uid', 'Gid'].map(
    (key) => new RegExp(`^${key}:\\t(\\d+)`, 'm').exec(status)?.[1],
  );
  if (uid === '0') return [];
  const files = instance.cgroup
    .joinFiles()
    .map((file) => file.replace('cgroup.procs', 'runtime/cgroup.procs'));
  const join = await createLauncher(files);
  return [join.program, ...join.args, 'setpriv', '--reuid', uid, '--regid', gid, '--clear-groups', '--'];
}
