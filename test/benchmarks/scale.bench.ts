/**
 * Many tiny containers up, serving and probed: Tare against a plain loop (`xargs -P`) over the same steps. Then what the
 * harness needs while they idle, whether the last start costs more than an early one, and how long removing takes.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { assetFile } from '../../runners/machine/asset.ts';
import { monotonicMs } from '../../runners/machine/clock.ts';
import { run } from '../../runners/machine/command.ts';
import { allowedCpus } from '../../runners/machine/cpu-list.ts';
import { ip } from '../../runners/machine/network/ip.ts';
import { raiseKernelLimits } from '../../runners/machine/kernel/kernel-limits.ts';
import { containerSpec } from '../../runners/oci/spec.ts';
import type { Instance, PreparedPlatform } from '../../runners/runner.ts';
import type { ResolvedPlatform } from '../../scenarios/resolved.ts';
import { ascending, quantile } from '../../bench/statistics/quantile.ts';
import type { BenchRow } from './row.ts';
import { openBenchStage, type BenchStage } from './stage.ts';
import { box } from '../fixtures/launch.ts';

const concurrency = 4;
/** So many starts tell what one costs at a place in the row. */
const window = 50;
/** After so many, it is told how far it is. */
const stretch = 250;

export async function benchScale(count: number): Promise<BenchRow[]> {
  // The loop has the whole machine, and so have Tare's instances: on fewer CPUs its runtimes would wait for each other.
  const stage = await openBenchStage('tiny', ['runc'], (await allowedCpus()).length);
  try {
    await raiseKernelLimits(stage.resources.run.lease, stage.context.log);
    const [platform] = stage.scenario.platforms;
    if (!platform) throw new Error('the scenario has no platform runc');
    const prepared = await stage.prepare(platform);
    // Tare first: what thousands of containers leave in the kernel's slabs would make early ones after them cheap, and its late
    // starts are compared with its early ones.
    const { startMs, cpuMs, cpuGrowth, eachMs, instances } = await startAll(stage, platform, prepared, count);
    said(`Tare: ${startMs.toFixed(0)} ms, ${cpuMs.toFixed(0)} ms of CPU`);
    const idle = await idleCost(stage);
    said(`idle: ${idle.cpuPercent.toFixed(1)} %; removing them`);
    const beganAt = monotonicMs();
    await inParallel([...instances].reverse(), (instance) => instance.dispose());
    const removeMs = monotonicMs() - beganAt;
    said(`removed in ${removeMs.toFixed(0)} ms; now the plain loop`);
    const plain = await plainLoop(stage, platform, count);
    said(`plain loop: ${plain.startMs.toFixed(0)} ms, ${plain.cpuMs.toFixed(0)} ms of CPU`);
    const row = (name: string, value: number, unit: BenchRow['unit'], atMost: number | null): BenchRow => ({
      name: `${count} tiny runc containers: ${name}`,
      value,
      unit,
      atMost,
    });
    return [
      row('all serve, by Tare', startMs, 'ms', null),
      row('all serve, by a plain loop', plain.startMs, 'ms', null),
      row('Tare over the plain loop', startMs / plain.startMs, 'ratio', 1.3),
      row('CPU time of all of it, Tare over the plain loop', cpuMs / plain.cpuMs, 'ratio', null),
      row('the last start over the 100th', growth(eachMs), 'ratio', 1.5),
      row('the same of the plain loop', growth(plain.eachMs), 'ratio', null),
      row('CPU time of the last fifth over the first', cpuGrowth, 'ratio', null),
      row('harness, resident', idle.rssBytes / 2 ** 20, 'MiB', 300),
      row('harness and prober while all idle', idle.cpuPercent, '% of one core', 10),
      row('removing over starting', removeMs / startMs, 'ratio', 1),
    ];
  } finally {
    await stage.close();
  }
}

/** Thousands take a while. */
function said(what: string): void {
  console.error(`scale: ${what}`);
}

async function startAll(
  stage: BenchStage,
  platform: ResolvedPlatform,
  prepared: PreparedPlatform,
  count: number,
): Promise<{ startMs: number; cpuMs: number; cpuGrowth: number; eachMs: number[]; instances: Instance[] }> {
  const eachMs: number[] = [];
  const createMs: number[] = [];
  const fifth = Math.floor(count / 5);
  const cpuAt = new Map<number, number>();
  let serving = 0;
  const instances: Instance[] = [];
  const [beganAt, cpuBefore] = [monotonicMs(), await cpuTimeMs()];
  const numbers = Array.from({ length: count }, (_, index) => index);
  await inParallel(numbers, async (index) => {
    const from = monotonicMs();
    const id = `scale-${index}`;
    const logs = join(stage.logs, id);
    await mkdir(logs);
    const instance = await prepared.create({ id, logs });
    instances.push(instance);
    createMs.push(monotonicMs() - from);
    const watch = await stage.resources.prober.watch(stage.target(platform, instance), 120_000);
    await instance.start();
    const result = await watch.result;
    if (!result.ready) throw new Error(`${id}: ${JSON.stringify(result.notReady)}`);
    eachMs[index] = monotonicMs() - from;
    serving += 1;
    if (serving % stretch === 0) said(progress(serving, eachMs, createMs));
    const place = serving;
    if ([fifth, count - fifth].includes(place)) cpuAt.set(place, await cpuTimeMs());
  });
  const startMs = monotonicMs() - beganAt;
  const cpuAfter = await cpuTimeMs();
  const first = (cpuAt.get(fifth) ?? NaN) - cpuBefore;
  const cpuGrowth = (cpuAfter - (cpuAt.get(count - fifth) ?? NaN)) / first;
  return { startMs, cpuMs: cpuAfter - cpuBefore, cpuGrowth, eachMs, instances };
}

function progress(serving: number, eachMs: readonly number[], createMs: readonly number[]): string {
  // By the order of the starts, which has holes where one is under way.
  const [each, create] = [eachMs, createMs].map((all) =>
    median(Object.values(all).slice(-window)).toFixed(0),
  );
  const mebibytes = (process.memoryUsage.rss() / 2 ** 20).toFixed(0);
  return `${serving} serve, ${each} ms each, ${create} of them to create; harness ${mebibytes} MiB`;
}

/** The same containers by shell scripts, all of them removed again. */
async function plainLoop(
  stage: BenchStage,
  platform: ResolvedPlatform,
  count: number,
): Promise<{ startMs: number; cpuMs: number; eachMs: number[] }> {
  const folder = await layPlainLoop(stage, platform, count);
  const { namespace } = stage.resources.run.network;
  const numbers = Array.from({ length: count }, (_, index) => String(index + 2)).join('\n');
  const each = (script: string, args: readonly string[]): Promise<{ stdout: string }> =>
    run(
      'xargs',
      ['-P', String(concurrency), '-n', '1', 'sh', assetFile(script), namespace, folder, ...args],
      {
        input: numbers,
      },
    );
  const [beganAt, cpuBefore] = [monotonicMs(), await cpuTimeMs()];
  try {
    const { stdout } = await each(plainScripts[0], [
      stage.payload.root,
      String(stage.scenario.workload.port),
    ]);
    const startMs = monotonicMs() - beganAt;
    return { startMs, cpuMs: (await cpuTimeMs()) - cpuBefore, eachMs: parseEach(stdout) };
  } finally {
    await each(plainScripts[1], []).catch(() => undefined);
  }
}

/** What starts a container the plain way, and what removes it. */
export const plainScripts = ['test/benchmarks/scale-one.sh', 'test/benchmarks/scale-remove.sh'] as const;

/** Makes what the plain containers share: bridges, and a folder with their bundle's template. @returns the folder */
export async function layPlainLoop(
  stage: BenchStage,
  platform: ResolvedPlatform,
  count: number,
): Promise<string> {
  const { network, folders } = stage.resources.run;
  const folder = join(folders.scratch, 'plain');
  await mkdir(join(folder, 'state'), { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify(bundleTemplate(stage, platform)));
  for (let bridge = 88; bridge <= 88 + Math.floor((count + 1) / 1000); bridge += 1) {
    await ip(network.namespace, [
      `link add pb${bridge} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
      `address add 10.${bridge}.255.254/16 dev pb${bridge}`,
      `link set pb${bridge} up`,
    ]);
  }
  return folder;
}

/** How long each took, in the order of the numbers: lines of `NUMBER BEGAN ENDED`, in seconds. */
function parseEach(text: string): number[] {
  const rows = text.split('\n').map((line) => line.split(' ').map(Number));
  return rows
    .sort(([one = 0], [other = 0]) => one - other)
    .map(([, began = NaN, ended = NaN]) => 1000 * (ended - began));
}

/** What Tare itself gives to runc, with the limits in it, since nobody else makes the cgroup. */
function bundleTemplate(stage: BenchStage, platform: ResolvedPlatform): Record<string, unknown> {
  const { workload } = stage.scenario;
  const { version, path } = stage.resources.run.cgroup;
  return containerSpec({
    hostname: '@ID@',
    root: '@ROOT@',
    launch: {
      ...platform.launch,
      user: workload.user,
      workdir: workload.workdir,
      box,
      port: workload.port,
      stopSignal: 'SIGTERM',
      logMarks: [],
    },
    user: { uid: 0, gid: 0, groups: [0], home: '/' },
    files: {},
    seccomp: null,
    openFiles: { soft: 1024, hard: 4096 },
    networkNamespace: '@NETWORK@',
    cgroup: { version, path: `${path}/@ID@` },
    resources: { memoryAndSwapBytes: platform.limits.memoryBytes },
  });
}

/**
 * Of the whole machine, kernel threads included, so nothing else should run on it: what a container's programs use before they
 * are in its cgroup, or what the kernel does later on their behalf, has no other account.
 */
async function cpuTimeMs(): Promise<number> {
  const [first = ''] = (await readFile('/proc/stat', 'utf8')).split('\n', 1);
  // proc_stat(5), ticks of 10 ms.
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = first
    .split(/ +/)
    .slice(1)
    .map((ticks) => Number(ticks) * 10);
  return user + nice + system + irq + softirq;
}

/** Over five seconds in which nobody asks for anything. */
async function idleCost({
  resources: { prober },
}: BenchStage): Promise<{ rssBytes: number; cpuPercent: number }> {
  const [cpu, probed, from] = [process.cpuUsage(), await prober.usage(), monotonicMs()];
  await sleep(5000);
  const own = process.cpuUsage(cpu);
  const after = await prober.usage();
  const cpuMs = (own.user + own.system) / 1000 + after.cpuMs - probed.cpuMs;
  return { rssBytes: process.memoryUsage.rss(), cpuPercent: (100 * cpuMs) / (monotonicMs() - from) };
}

async function inParallel<T>(things: readonly T[], use: (thing: T) => Promise<void>): Promise<void> {
  const waiting = [...things].reverse();
  const work = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await use(next);
  };
  await Promise.all(Array.from({ length: concurrency }, work));
}

/** The last start over the 100th. */
function growth(eachMs: readonly number[]): number {
  return median(eachMs.slice(-window)) / median(around(eachMs, 100));
}

function around(values: readonly number[], place: number): readonly number[] {
  return values.slice(Math.max(0, place - window / 2), place + window / 2);
}

function median(values: readonly number[]): number {
  return quantile(ascending(values), 0.5);
}
