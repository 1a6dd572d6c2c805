/** One burst: so many instances are created at once, then all are started at once, and watched until the last is ready. */
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { hostStalls } from '../../../runners/machine/cgroup/pressure.ts';
import { monotonicMs } from '../../../runners/machine/clock.ts';
import type { Log } from '../../../runners/machine/log.ts';
import type { Instance, PreparedPlatform } from '../../../runners/runner.ts';
import type { Prober } from '../../prober/prober.ts';
import { InstanceFailure } from '../../run/instance/failure.ts';
import { explain, startAndWait, type StartInput } from '../../run/instance/start.ts';
import { cpuLenses, readCpu, type CpuReading } from '../throughput/cpu-lenses.ts';
import { Barrier } from './barrier.ts';
import type { BurstStart, TakenBurst } from './figures.ts';

export interface BurstSite extends StartInput {
  prepared: PreparedPlatform;
  /** Folder of the run's logs. */
  logs: string;
  /** CPUs that instances may use; null: all. */
  cpuset: readonly number[] | null;
  /** CPUs that the machine uses at rest. */
  restShare: number;
  log: Log;
}

export interface BurstOutcome {
  burst: TakenBurst;
  /** The first start that failed; null: all became ready. */
  failure: { instance: string; error: unknown } | null;
}

/** @param prefix instances are called `<prefix><number>` */
export async function takeBurst(site: BurstSite, count: number, prefix: string): Promise<BurstOutcome> {
  const ids = Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
  for (const id of ids) await mkdir(join(site.logs, id), { recursive: true });
  const made: Instance[] = [];
  try {
    const from = await readMachine(site.prober, []);
    const beganAt = monotonicMs();
    const barrier = new Barrier(count);
    const outcomes = await Promise.all(ids.map((id) => startOne(site, { id, beganAt, barrier, made })));
    const to = await readMachine(site.prober, made);
    site.signal.throwIfAborted();
    const starts = outcomes.flatMap((outcome) => ('start' in outcome ? [outcome.start] : []));
    const failure = outcomes.find((outcome) => 'error' in outcome) ?? null;
    return { burst: { instances: count, starts, ...usage(site, from, to) }, failure };
  } finally {
    await Promise.all(made.map((instance) => remove(instance, site.log)));
  }
}

type Outcome = { start: BurstStart } | { instance: string; error: unknown };

async function startOne(
  site: BurstSite,
  { id, beganAt, barrier, made }: { id: string; beganAt: number; barrier: Barrier; made: Instance[] },
): Promise<Outcome> {
  const released: { at?: number } = {};
  let instance: Instance | null = null;
  try {
    instance = await site.prepared.create({ id, logs: join(site.logs, id) });
    made.push(instance);
    const createMs = monotonicMs() - beganAt;
    const { readyAt } = await startAndWait(instance, {
      ...site,
      align: async () => {
        released.at = await barrier.arrive();
        site.signal.throwIfAborted();
      },
    });
    // What was ready and has ended while others started was no good start.
    if (!(await instance.isAlive())) throw new InstanceFailure('exited', 'it ended while others started');
    const origin = released.at ?? readyAt;
    const lagMs = Math.max(0, (instance.marks.get('spawned') ?? origin) - origin);
    return { start: { createMs, lagMs, readyMs: readyAt - origin } };
  } catch (error) {
    const explained = instance ? await explain(error, instance, site.signal) : error;
    return { instance: id, error: explained };
  } finally {
    if (released.at === undefined) barrier.leave();
  }
}

interface MachineReading {
  at: number;
  cpu: CpuReading;
  harnessMs: number;
  /** Microseconds so far in which a task waited, by resource. */
  stallsUs: Record<string, number>;
}

async function readMachine(prober: Prober, instances: readonly Instance[]): Promise<MachineReading> {
  const { cpuMs } = await prober.usage();
  const { user, system } = process.cpuUsage();
  const at = monotonicMs();
  return {
    at,
    cpu: await readCpu(together(instances)),
    harnessMs: cpuMs + (user + system) / 1000,
    stallsUs: await hostStalls(),
  };
}

/** The cgroups of several instances as if they were one. */
function together(instances: readonly Instance[]): Parameters<typeof readCpu>[0] {
  return {
    async cpuTimeMs() {
      const times = await Promise.all(instances.map(({ cgroup }) => cgroup.cpuTimeMs().catch(() => 0)));
      return times.reduce((sum, each) => sum + each, 0);
    },
    async processes() {
      return (await Promise.all(instances.map(({ cgroup }) => cgroup.processes().catch(() => [])))).flat();
    },
  };
}

/** CPUs that the machine uses for each millisecond while nothing is started. */
export async function shareAtRest(prober: Prober, wait: () => Promise<void>): Promise<number> {
  const from = await readMachine(prober, []);
  await wait();
  const to = await readMachine(prober, []);
  const busyMs = to.cpu.machine - from.cpu.machine - (to.harnessMs - from.harnessMs);
  return Math.max(0, busyMs) / (to.at - from.at);
}

function usage(
  { cpuset, restShare }: BurstSite,
  from: MachineReading,
  to: MachineReading,
): Pick<TakenBurst, 'durationMs' | 'cpuMs' | 'busy' | 'stalled'> {
  const durationMs = to.at - from.at;
  const harnessMs = to.harnessMs - from.harnessMs;
  const cpus = cpuset?.length ?? availableParallelism();
  const busyMs = Math.max(0, to.cpu.machine - from.cpu.machine - harnessMs);
  return {
    durationMs,
    cpuMs: cpuLenses({ from: from.cpu, to: to.cpu, durationMs, restShare, harnessMs }),
    // The kernel counts in ticks, and so a little more than there is at times.
    busy: Math.min(1, busyMs / (durationMs * cpus)),
    stalled: Object.fromEntries(
      Object.entries(to.stallsUs).map(([resource, us]) => {
        const waitedMs = (us - (from.stallsUs[resource] ?? us)) / 1000;
        return [resource, Math.min(1, Math.max(0, waitedMs / durationMs))];
      }),
    ),
  };
}

export async function remove(instance: Instance, log: Log): Promise<void> {
  await instance.dispose().catch((error: unknown) => {
    log.warn(`${instance.id}: clean-up: ${String(error)}`);
  });
}
