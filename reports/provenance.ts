/** Where the figures come from: run, payload and machine, each in a line. */
import type { RunRecord } from '../bench/record/schema.ts';
import { figure } from './figures.ts';
import { counted } from './notices.ts';

/** What ran, how often, and on what. */
export function runLines(record: RunRecord): string[] {
  const { run, workload } = record;
  const name = typeof run.scenario['name'] === 'string' ? run.scenario['name'] : workload.name;
  const samples = sampleCount(record);
  const pageCache = pageCacheOf(record);
  const what = [
    name,
    ...(name === workload.name ? [] : [`workload ${workload.name}`]),
    ...(samples === null ? [] : [samples]),
    ...(pageCache === null ? [] : [`page cache ${pageCache}`]),
    startedText(run.startedAt),
    `seed ${run.seed}`,
  ];
  const image = imageText(workload);
  const lab = labLine(record);
  return [
    what.join(' · '),
    ...(image === null ? [] : [`image ${image}`]),
    hostLine(record),
    ...(lab === null ? [] : [lab]),
  ];
}

/** Name and digest of the image that the payload is made of; null: it is made of none. */
export function imageText({ image }: RunRecord['workload']): string | null {
  return image === undefined ? null : `${image.name} · ${image.digest}`;
}

/** The machine in one line. */
export function hostLine({ host }: Pick<RunRecord, 'host'>): string {
  if (host.cpuModel === 'unknown' && host.cpus === null) return 'unknown machine';
  return [
    host.cpuModel,
    cpusText(host.cpus),
    figure(host.memoryBytes, 'bytes'),
    host.os,
    `kernel ${host.kernel}`,
    host.virtualization === 'none' ? 'bare metal' : `runs in ${host.virtualization}`,
    host.kvm.usable ? 'KVM usable' : 'no usable KVM',
  ].join(' · ');
}

export function cpusText(cpus: number | null): string {
  return cpus === null ? 'unknown CPUs' : counted(cpus, 'CPU');
}

/** What the lab is and where it ran, in one line; null outside a lab. */
export function labLine({ lab }: RunRecord): string | null {
  if (!lab) return null;
  const { outside } = lab;
  return [
    ...(lab.clock === 'virtual' ? ['virtual time'] : []),
    `in a lab under ${lab.accel.toUpperCase()} (${lab.vmm})`,
    `on ${outside.cpuModel}`,
    cpusText(outside.cpus),
    `kernel ${outside.kernel}`,
    `cgroup ${outside.cgroupVersion}`,
    outside.kvm.usable ? 'KVM usable' : 'no usable KVM',
  ].join(' · ');
}

/** `warm` or `cold`: the state of the page cache at each start, a condition of the whole run; null: nothing was started. */
export function pageCacheOf({ run }: { run: Pick<RunRecord['run'], 'scenario'> }): string | null {
  const state = property(property(run.scenario['measures'], 'startup'), 'pageCache');
  return typeof state === 'string' ? state : null;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** `2026-01-15 09:30 UTC`: ISO text in UTC; other text is shown as it is. */
function startedText(iso: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::[\d.]+)?Z$/.exec(iso);
  return match ? `${match[1] ?? ''} ${match[2] ?? ''} UTC` : iso;
}

function sampleCount(record: RunRecord): string | null {
  const started = record.results.filter((result) => result.metric === 'startup.ready');
  const sampled = started.length === 0 && record.run.imported ? record.results : started;
  const counts = sampled.map((result) => result.summary.n);
  if (counts.length === 0) return null;
  const least = Math.min(...counts);
  const most = Math.max(...counts);
  return least === most ? `${counted(most, 'sample')} each` : `${least} to ${counted(most, 'sample')} each`;
}
