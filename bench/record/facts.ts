/** What a record says of its run and its machine, each in one line. */
import { counted, figure } from './figures.ts';
import type { RunDifference } from './comparison.ts';
import type { RunRecord } from './schema.ts';

/** The machine in one line. */
export function hostLine({ host }: Pick<RunRecord, 'host'>): string {
  if (host.cpuModel === 'unknown' && host.cpus === null) return 'unknown machine';
  return [
    host.cpuModel,
    cpusText(host.cpus),
    figure(host.memoryBytes, 'bytes'),
    host.os,
    `kernel ${host.kernel}`,
    machineKind(host.virtualization),
    host.kvm.usable ? 'KVM usable' : 'no usable KVM',
  ].join(' · ');
}

function machineKind(virtualization: string): string {
  if (virtualization === 'none') return 'bare metal';
  return virtualization === 'virtual machine' ? virtualization : `virtual machine (${virtualization})`;
}

export function cpusText(cpus: number | null): string {
  return cpus === null ? 'unknown CPUs' : counted(cpus, 'CPU');
}

/** Name and digest of the image that the payload is made of; null: it is made of none. */
export function imageText({ image }: RunRecord['workload']): string | null {
  return image === undefined ? null : `${image.name} · ${image.digest}`;
}

/** `warm` or `cold`: the state of the page cache at each start, a condition of the whole run; null: nothing was started. */
export function pageCacheOf({ run }: { run: Pick<RunRecord['run'], 'scenario'> }): string | null {
  const state = property(property(run.scenario['measures'], 'startup'), 'pageCache');
  return typeof state === 'string' ? state : null;
}

/** What an instance of the run was ready with, in words; null: the record does not say. */
export function readinessText({ run }: { run: Pick<RunRecord['run'], 'scenario'> }): string | null {
  const ready = property(run.scenario['workload'], 'ready');
  const of = (key: string): unknown => property(ready, key);
  if (of('by') === 'http') {
    const status = [of('status')].flat().map(String);
    const body =
      typeof of('bodyContains') === 'string' ? ` that contains ${JSON.stringify(of('bodyContains'))}` : '';
    const scheme = of('scheme') === 'https' ? ' over https' : '';
    return `the first answer to GET ${String(of('path'))}${scheme} with status ${new Intl.ListFormat('en', { type: 'disjunction' }).format(status)}${body}`;
  }
  if (of('by') === 'tcp') {
    const wanted = property(of('exchange'), 'expect');
    return typeof wanted === 'string'
      ? `the first answer that matches ${wanted}`
      : 'the first accepted connection';
  }
  return null;
}

/** `runc: accelerator: kvm in the reference, tcg in the run`; digests are shortened. */
export function differenceText({ platform, what, reference, run }: RunDifference): string {
  const short = (text: string): string => text.replace(/(sha256:[0-9a-f]{12})[0-9a-f]{52}/g, '$1…');
  return `${platform === null ? '' : `${platform}: `}${what}: ${short(reference)} in the reference, ${short(run)} in the run`;
}

/** Of what a record holds as it was found; undefined where the value has none. */
export function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
