/**
 * Who used the CPUs meanwhile: the instance, the engines that serve all containers, and the whole machine. The account of an
 * I/O-heavy VM is not all in its cgroup: its vhost threads were in the root cgroup before Linux 5.16.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import type { Cgroup } from '../../../runners/machine/cgroup/cgroup.ts';
import { readProcessStat } from '../../../runners/machine/process-stat.ts';

/** CPU time so far, milliseconds. */
export interface CpuReading {
  instance: number;
  engine: number;
  machine: number;
}

/** What serves containers and is in none of their cgroups. */
const enginePrograms =
  /^(dockerd|containerd|containerd-shim.*|docker-proxy|podman|conmon|netavark|aardvark-dns|lxd|incusd|lxcfs|systemd-machine)$/;
/** Kernel threads that do the work of a VM: named after QEMU's process. */
const vmThread = /^(?:vhost-|kvm-pit\/)(\d+)$/;

export async function readCpu(
  cgroup: Pick<Cgroup, 'cpuTimeMs' | 'processes'>,
  engines: RegExp = enginePrograms,
): Promise<CpuReading> {
  const machine = busyMs(await readFile('/proc/stat', 'utf8'));
  const own = new Set(await cgroup.processes());
  let instance = await cgroup.cpuTimeMs();
  let engine = 0;
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || own.has(pid)) continue;
    const name = nameOf(entry);
    const owner = vmThread.exec(name)?.[1];
    if (owner !== undefined && own.has(Number(owner))) instance += await exactMs(pid);
    else if (engines.test(name)) engine += await exactMs(pid);
  }
  return { instance, engine, machine };
}

/** At once: to wait for each of hundreds of files takes many times as long. Empty for a process that is gone. */
function nameOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

/** Nanoseconds on a CPU, of every thread; a thread that ended meanwhile is in the process's own count of ticks alone. */
async function exactMs(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const times = await Promise.all(
    threads.map((thread) =>
      readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').then(
        (text) => Number(text.split(' ')[0]) / 1e6,
        () => 0,
      ),
    ),
  );
  const sum = times.reduce((all, each) => all + each, 0);
  return Math.max(sum, (await readProcessStat(pid))?.cpuMs ?? 0);
}

/** USER_HZ, see proc_pid_stat(5). */
const tickMs = 10;

/** The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal; guest time is in user already. */
export function busyMs(stat: string): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (/^cpu +(.*)$/m.exec(stat)?.[1] ?? '')
    .split(' ')
    .map(Number);
  return (user + nice + system + irq + softirq) * tickMs;
}

export interface CpuWindow {
  from: CpuReading;
  to: CpuReading;
  durationMs: number;
  /** What the machine uses for each millisecond while nothing is asked. */
  restShare: number;
  /** Of load generator and prober. */
  harnessMs: number;
}

/** @returns CPU milliseconds by lens; what is unclaimed may be negative, as a difference of two readings */
export function cpuLenses({ from, to, durationMs, restShare, harnessMs }: CpuWindow): Record<string, number> {
  const instance = to.instance - from.instance;
  const engine = Math.max(0, to.engine - from.engine);
  const machine = Math.max(0, to.machine - from.machine - restShare * durationMs - harnessMs);
  return { instance, engine, machine, unclaimed: machine - instance - engine };
}
