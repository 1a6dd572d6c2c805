/**
 * What else differs between two runs. An obstacle makes their figures incomparable: another processor, kernel, payload
 * or limit would be taken for a better or worse platform. A note is said and left to the reader.
 */
import { comparedDetailsOf } from '../../record/compared-details.ts';
import { property } from '../../record/facts.ts';
import { optionDifferences } from '../../../scenarios/measures/measures.ts';
import { imageText } from '../../record/facts.ts';
import { machineSpeed, speedText } from '../machine-speed.ts';
import type { RunDifference } from '../../record/comparison.ts';
import type { RecordedPlatform, RunRecord } from '../../record/schema.ts';

/** A fact of a run or of a platform; null or `unknown` where nobody knows it, and then it differs from nothing. */
type Facts<T> = readonly [level: RunDifference['level'], what: string, read: (from: T) => string | null][];

const runFacts: Facts<RunRecord> = [
  ['obstacle', 'workload', (record) => record.workload.name],
  ['obstacle', 'clock', ({ lab }) => `${lab?.clock ?? 'real'} time`],
  ['obstacle', 'CPU model', ({ host }) => host.cpuModel],
  ['obstacle', 'number of CPUs', ({ host }) => number(host.cpus)],
  ['obstacle', 'kernel', ({ host }) => host.kernel],
  ['obstacle', 'idle CPUs', ({ run }) => run.harness.idleCpus ?? null],
  ['note', 'memory of the machine', ({ host }) => mebibytes(host.memoryBytes)],
  ['note', 'operating system', ({ host }) => host.os],
  ['note', 'virtualization', ({ host }) => host.virtualization],
  ['note', 'image', ({ workload }) => imageText(workload)],
  ['note', 'cgroup version', ({ host }) => host.cgroupVersion],
  ['note', 'KSM', ({ host }) => host.ksm],
  ['note', 'transparent huge pages', ({ host }) => host.thp],
  ['note', 'CPU governor', ({ host }) => host.governor],
  ['note', 'clock source', ({ host }) => host.clocksource],
  ['note', 'version of tare', ({ run }) => run.tareVersion],
  ['note', 'kernel tracing', ({ run }) => run.harness.tracer],
];

const measureFacts: Facts<RunRecord> = optionDifferences().map(
  ({ level, what, measure, option }) => [level, what, (record) => setting(record, measure, option)] as const,
);

const platformFacts: Facts<RecordedPlatform> = [
  ['obstacle', 'accelerator', (platform) => platform.accel],
  ['obstacle', 'payload digest', (platform) => platform.payloadDigest || null],
  ['obstacle', 'CPU limit', ({ limits }) => number(limits?.cpus ?? null)],
  ['obstacle', 'memory limit', ({ limits }) => limits && `${limits.memoryBytes / 2 ** 20} MiB`],
  ['note', 'runner', (platform) => platform.runner],
  ['note', 'guest', (platform) => platform.guest],
  ['note', 'version', (platform) => platform.version],
  ['note', 'options', (platform) => JSON.stringify(platform.options)],
  ['note', 'network', (platform) => platform.network],
  ['note', 'CPU set', (platform) => comparedDetailsOf(platform).cpuset ?? null],
  ['note', 'guest kernel and initrd', (platform) => comparedDetailsOf(platform).guestKernelAndInitrd ?? null],
];

/** Differences of the runs themselves, then of the platforms that ran in both. */
export function differencesBetween(reference: RunRecord, run: RunRecord): RunDifference[] {
  return [
    ...differing([...runFacts, ...measureFacts], reference, run, null),
    ...speedDifference(reference, run),
    ...reference.platforms.flatMap((platform) => {
      const other = run.platforms.find(({ id }) => id === platform.id);
      if (!other || platform.skipped || other.skipped) return [];
      return differing(platformFacts, platform, other, platform.id);
    }),
  ];
}

function speedDifference(reference: RunRecord, run: RunRecord): RunDifference[] {
  const speed = machineSpeed(reference, run);
  if (speed === null || speed.moved === 'same') return [];
  return [
    {
      level: 'note',
      platform: null,
      what: 'speed of the machine',
      reference: 'as it was',
      run: speedText(speed),
    },
  ];
}

function differing<T>(facts: Facts<T>, reference: T, run: T, platform: string | null): RunDifference[] {
  return facts.flatMap(([level, what, read]) => {
    const a = read(reference);
    const b = read(run);
    if (a === null || b === null || [a, b].includes('unknown')) return [];
    return a === b ? [] : [{ level, platform, what, reference: a, run: b }];
  });
}

function number(value: number | null): string | null {
  return value === null ? null : String(value);
}

function mebibytes(bytes: number | null): string | null {
  return bytes === null ? null : `${Math.round(bytes / 2 ** 20)} MiB`;
}

/** A setting of a measure in the resolved scenario; null where the run did not take the measure. */
function setting(record: RunRecord, measure: string, key: string): string | null {
  const found = property(property(record.run.scenario['measures'], measure), key);
  if (found === undefined) return null;
  return typeof found === 'string' ? found : JSON.stringify(found);
}
