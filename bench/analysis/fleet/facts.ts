/** What makes the class of a host, and what else is known of it. Every fact is a text; what nobody knows is `unknown`. */
import type { FleetFact } from '../../record/fleet.ts';
import { figure } from '../../record/figures.ts';
import type { RecordedHost, RunRecord } from '../../record/schema.ts';

type Facts = readonly [fact: string, read: (record: RunRecord) => string | null][];

const classFactsOfHost: Facts = [
  ['class', ({ host }) => host.labels?.['class'] ?? null],
  ['CPU model', ({ host }) => host.cpuModel],
  ['microcode', ({ host }) => host.microcode ?? null],
  ['CPUs', ({ host }) => text(host.cpus)],
  ['cores', ({ host }) => text(host.cores ?? null)],
  ['memory', ({ host }) => memoryText(host.memoryBytes)],
  ['virtualization', ({ host }) => host.virtualization],
  ['kernel', ({ host }) => host.kernel],
  ['mitigations', ({ host }) => host.mitigations ?? null],
  ['cgroup version', ({ host }) => host.cgroupVersion],
  ['KVM', ({ host }) => kvmText(host.kvm)],
  ['nested virtualization', ({ host }) => host.nested ?? null],
  ['clock', ({ lab }) => `${lab?.clock ?? 'real'} time`],
];

const circumstanceFacts: Facts = [
  ['operating system', ({ host }) => host.os],
  ['governor', ({ host }) => host.governor],
  ['clock source', ({ host }) => host.clocksource],
  ['transparent huge pages', ({ host }) => host.thp],
  ['KSM', ({ host }) => host.ksm],
  ['swap', ({ host }) => (host.swapBytes === null ? null : host.swapBytes > 0 ? 'yes' : 'no')],
  [
    'throttled for heat',
    ({ host }) =>
      host.throttled === undefined || host.throttled === null ? null : host.throttled > 0 ? 'yes' : 'no',
  ],
  ['idle CPUs', ({ run }) => run.harness.idleCpus ?? null],
  ['version of tare', ({ run }) => run.tareVersion],
  ['other runs of Tare', ({ run }) => ((run.otherRuns ?? []).length > 0 ? 'yes' : 'no')],
];

/** Host, and the version of each runtime that ran; a platform that did not run says so. */
export function classFacts(record: RunRecord): FleetFact[] {
  return [
    ...read(classFactsOfHost, record),
    ...record.platforms
      .map(({ id, version, accel, skipped }) => ({
        fact: `version of ${id}`,
        value: skipped ? 'not run' : accel === 'none' ? version : `${version} (${accel})`,
      }))
      .sort((a, b) => (a.fact < b.fact ? -1 : 1)),
  ];
}

export function circumstances(record: RunRecord): FleetFact[] {
  const labels = Object.entries(record.host.labels ?? {})
    .filter(([name]) => name !== 'class')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return [...read(circumstanceFacts, record), ...labels.map(([fact, value]) => ({ fact, value }))];
}

function read(facts: Facts, record: RunRecord): FleetFact[] {
  return facts.map(([fact, of]) => ({ fact, value: of(record) ?? 'unknown' }));
}

function text(value: number | null): string | null {
  return value === null ? null : String(value);
}

/**
 * What is installed: the kernel keeps a little for itself, and not always the same. Rounded up to a 32nd of the power of
 * two below it, and to whole GiB at least.
 */
function memoryText(bytes: number | null): string | null {
  if (bytes === null || bytes <= 0) return null;
  const gib = bytes / 2 ** 30;
  if (gib < 2) return figure(bytes, 'bytes').replace('\u00a0', ' ');
  const step = Math.max(1, 2 ** (Math.floor(Math.log2(gib)) - 5));
  return `${Math.ceil(gib / step) * step} GiB`;
}

function kvmText({ usable, backend, reason }: RecordedHost['kvm']): string | null {
  if (usable === null) return null;
  if (usable) return `usable${backend === null ? '' : `, ${backend}`}`;
  return reason.startsWith('not probed') ? 'not probed' : 'not usable';
}
