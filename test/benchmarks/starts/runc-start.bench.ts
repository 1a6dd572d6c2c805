/**
 * Starting runc through Tare against a minimal shell loop around `runc run`, with the same bundle, network namespace,
 * cgroup and CPUs, seen by the same prober, in pairs A B B A.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allowedCpus } from '../../../runners/machine/cpu-list.ts';
import { assetFile } from '../../../runners/machine/asset.ts';
import { monotonicMs } from '../../../runners/machine/clock.ts';
import { run, start } from '../../../runners/machine/command.ts';
import type { Instance } from '../../../runners/runner.ts';
import { ascending, quantile } from '../../../bench/statistics/quantile.ts';
import type { BenchRow } from '../row.ts';
import { openBenchStage } from '../stage.ts';

export async function benchRuncStart(scenarioName: string, pairs: number): Promise<BenchRow[]> {
  const stage = await openBenchStage(scenarioName, ['runc']);
  // On the CPUs that Tare gives to instances: a runtime on more CPUs would be faster for that alone.
  const cpus = (stage.resources.run.cpuset ?? (await allowedCpus())).join(',');
  const loop = start('taskset', ['-c', cpus, 'sh', assetFile('test/benchmarks/starts/runc-loop.sh')]);
  try {
    const [platform] = stage.scenario.platforms;
    if (!platform) throw new Error('the scenario has no platform runc');
    const prepared = await stage.prepare(platform);
    const folder = join(stage.resources.run.folders.runtime, platform.id);
    let count = 0;
    const readyMs = async (way: 'tare' | 'shell'): Promise<number> => {
      count += 1;
      const id = `bench-${count}`;
      const logs = join(stage.logs, id);
      await mkdir(logs);
      const instance = await prepared.create({ id, logs });
      const bundle = join(folder, 'bundles', id);
      const layer = way === 'shell' ? await makePlain(instance, bundle) : null;
      try {
        const watch = await stage.resources.prober.watch(stage.target(platform, instance), 60_000);
        const beganAt = monotonicMs();
        if (way === 'tare') await instance.start();
        else loop.stdin.write(`${join(folder, 'state')} ${bundle} ${id}\n`);
        const result = await watch.result;
        if (!result.ready) throw new Error(`${way} ${id}: ${JSON.stringify(result.notReady)}`);
        return result.readiness.readyAt - beganAt;
      } finally {
        await instance.cgroup.kill();
        if (layer !== null) await run('umount', ['--lazy', layer]);
        await instance.dispose();
      }
    };
    await readyMs('tare');
    await readyMs('shell');
    const times = { tare: [] as number[], shell: [] as number[] };
    for (let pair = 0; pair < pairs; pair += 1) {
      const order = pair % 2 === 0 ? (['tare', 'shell'] as const) : (['shell', 'tare'] as const);
      for (const way of order) times[way].push(await readyMs(way));
    }
    const median = (values: number[]): number => quantile(ascending(values), 0.5);
    const name = `runc ${scenarioName} ready`;
    return [
      { name: `${name}, by Tare, median of ${pairs}`, value: median(times.tare), unit: 'ms', atMost: null },
      {
        name: `${name}, by a shell loop, median of ${pairs}`,
        value: median(times.shell),
        unit: 'ms',
        atMost: null,
      },
      {
        name: `${name}, Tare over shell loop`,
        value: median(times.tare) / median(times.shell),
        unit: 'ratio',
        atMost: 1.03,
      },
    ];
  } finally {
    loop.kill();
    await stage.close();
  }
}

/**
 * Tare lines a container's runtime up where its layer is mounted and its network is. The shell's starts where the shell is: there the
 * layer is mounted, too, and the bundle names the network.
 *
 * @returns where the layer is mounted
 */
async function makePlain(instance: Instance, bundle: string): Promise<string> {
  const file = join(bundle, 'config.json');
  const config = JSON.parse(await readFile(file, 'utf8')) as {
    root: { path: string };
    linux: { namespaces: { type: string; path?: string }[] };
  };
  const layer = config.root.path;
  for (const pid of await instance.cgroup.processes()) {
    const mounts = await readFile(`/proc/${pid}/mounts`, 'utf8');
    const found = mounts.split('\n').find((line) => line.includes(` ${layer} `));
    const [, , type, options] = found?.split(' ') ?? [];
    if (type === undefined || options === undefined) continue;
    config.linux.namespaces.push({ type: 'network', path: `/proc/${pid}/ns/net` });
    await writeFile(file, JSON.stringify(config));
    await run('mount', ['-t', type, '-o', options, type, layer]);
    return layer;
  }
  throw new Error(`nothing of the instance has ${layer} mounted`);
}
