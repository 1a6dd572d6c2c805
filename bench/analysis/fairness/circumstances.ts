/** What the fairness check looks at beyond single properties: heaps, emulation, the warm-up, and the machine. */
import { comparedDetailsOf } from '../../record/compared-details.ts';
import type {
  RecordedFinding,
  RecordedHost,
  RecordedLab,
  RecordedOtherRun,
  RecordedPlatform,
  RecordedResult,
} from '../../record/schema.ts';
import { betweenGroups, differing, finding } from './finding.ts';
import { numberInside } from './rules.ts';

/** The same -Xmx gives slightly different usable heaps; more than 3 % apart means different heaps. */
const sameHeap = 1.03;

export function heaps(platforms: readonly RecordedPlatform[]): RecordedFinding[] {
  const found = platforms
    .flatMap((platform) => {
      const bytes = numberInside(platform, 'maxMemoryBytes');
      return bytes === null ? [] : [{ id: platform.id, bytes }];
    })
    .sort((a, b) => a.bytes - b.bytes);
  const groups = new Map<string, string[]>();
  let least = 0;
  for (const { id, bytes } of found) {
    if (bytes > least * sameHeap) least = bytes;
    const size = `${Math.round(least / 2 ** 20)} MiB`;
    groups.set(size, [...(groups.get(size) ?? []), id]);
  }
  return betweenGroups('heap-size', groups);
}

export function emulation(
  platforms: readonly RecordedPlatform[],
  lab: RecordedLab | null,
): RecordedFinding[] {
  const emulated = platforms.filter(({ accel }) => accel === 'tcg');
  return [
    ...(emulated.length > 0 ? [finding('accel-tcg', idsOf(emulated))] : []),
    ...((lab?.restarts ?? []).length > 0 ? [finding('lab-restarted', idsOf(platforms))] : []),
    // Everything in such a lab is emulated, the process as well as the VM under KVM: not by one factor, and not a little.
    ...(lab?.accel === 'tcg'
      ? [finding(lab.clock === 'virtual' ? 'virtual-time' : 'lab-tcg', idsOf(platforms))]
      : []),
  ];
}

/** Kernel, initrd or disk that the scenario names. */
export function ownBootFiles(platforms: readonly RecordedPlatform[]): RecordedFinding[] {
  const found = platforms.flatMap((platform) => {
    const { ownKernel, ownInitrd, ownDisk } = comparedDetailsOf(platform);
    const what = Object.entries({ kernel: ownKernel, initrd: ownInitrd, disk: ownDisk })
      .filter(([, digest]) => digest !== undefined)
      .map(([name]) => name);
    return what.length === 0 ? [] : [{ id: platform.id, what }];
  });
  if (found.length === 0) return [];
  const detail = found.map(({ id, what }) => `${id}: ${what.join(', ')}`).join('; ');
  return [
    finding(
      'own-boot-files',
      found.map(({ id }) => id),
      detail,
    ),
  ];
}

/** Platforms that were sampled warm, but whose warm-up failed. */
export function missingWarmUp(
  platforms: readonly RecordedPlatform[],
  results: readonly RecordedResult[],
): RecordedFinding[] {
  const cold = platforms.filter(({ id }) =>
    results.some(
      ({ platform, metric, samples }) =>
        platform === id && metric === 'startup.ready' && samples.every(({ block }) => block > 0),
    ),
  );
  return cold.length > 0 ? [finding('no-warm-up', idsOf(cold))] : [];
}

export function machine(host: RecordedHost, platforms: readonly RecordedPlatform[]): RecordedFinding[] {
  const all = idsOf(platforms);
  const sharing = platforms.filter((platform) => comparedDetailsOf(platform).sharesHarnessCpu === true);
  const pressure = host.noise.cpuPressureAvg10 ?? 0;
  return [
    ...(host.ksm === 'on'
      ? differing('ksm', platforms, (platform) =>
          comparedDetailsOf(platform).mergeable === true ? 'merged' : 'not merged',
        )
      : []),
    ...(sharing.length > 0 ? [finding('harness-cpu', idsOf(sharing))] : []),
    ...(pressure > 10 ? [finding('host-busy', all, `tasks waited for a CPU ${pressure} % of the time`)] : []),
    ...((host.swapBytes ?? 0) > 0 ? [finding('swap-on', all)] : []),
  ];
}

/** Other runs of Tare at the same time. */
export function besides(
  otherRuns: readonly RecordedOtherRun[],
  platforms: readonly RecordedPlatform[],
): RecordedFinding[] {
  if (otherRuns.length === 0) return [];
  const detail = otherRuns.map(({ id, pid }) => `tare-${id}, process ${pid}`).join('; ');
  return [finding('other-run', idsOf(platforms), detail)];
}

function idsOf(platforms: readonly RecordedPlatform[]): string[] {
  return platforms.map(({ id }) => id);
}
