/**
 * The fairness check: a run looks at its own platforms and says where a comparison between them would be unfair.
 * Level `error` means that figures must not be set against each other; the comparison is then left out everywhere.
 */
import type {
  RecordedFinding,
  RecordedHost,
  RecordedLab,
  RecordedPlatform,
  RecordedResult,
} from './record/schema.ts';
import type { ResolvedScenario } from '../scenarios/resolved.ts';

interface Evidence {
  platforms: readonly RecordedPlatform[];
  host: RecordedHost;
  /** Null outside a lab. */
  lab: RecordedLab | null;
  scenario: ResolvedScenario;
  results: readonly RecordedResult[];
}

export function checkFairness(evidence: Evidence): RecordedFinding[] {
  const ran = evidence.platforms.filter((platform) => !platform.skipped);
  return [
    ...differing(ran, 'payload-digest', 'error', (platform) => platform.payloadDigest, {
      message: 'they ran different payloads',
      remedy: 'run them from one scenario, so that all are packed from the same payload',
    }),
    ...differing(ran, 'memory-limit', 'error', (platform) => `${platform.limits.memoryBytes / 2 ** 20} MiB`, {
      message: 'their memory limits differ',
      remedy: 'give every platform the same limits.memory',
    }),
    ...differing(ran, 'cpu-limit', 'error', (platform) => String(platform.limits.cpus), {
      message: 'their CPU limits differ',
      remedy: 'give every platform the same limits.cpus',
    }),
    ...differing(ran, 'cpu-set', 'error', (platform) => detail(platform, 'cpuset'), {
      message: 'they ran on different CPUs',
      remedy: 'run them in one run, which gives all of them the same CPU set',
    }),
    ...differing(ran, 'jvm-flags', 'error', (platform) => inside(platform, 'jvmArguments'), {
      message: 'the JVM was started with different flags, as seen from inside',
      remedy: 'state the flags in the workload and leave them alike for all platforms',
    }),
    ...differing(ran, 'cpus-seen', 'error', (platform) => inside(platform, 'availableProcessors'), {
      message: 'the workload saw different numbers of CPUs',
      remedy: 'use whole CPUs in limits.cpus; a VM cannot have a fraction of a virtual CPU',
    }),
    ...differing(ran, 'start-delay', 'error', (platform) => `${detail(platform, 'startDelayMs') ?? '0'} ms`, {
      message: 'some were started with a delay on purpose',
      remedy: 'leave start-delay out, unless a gate is to be put to the test',
    }),
    ...heap(ran),
    ...emulated(ran),
    ...differing(ran, 'network-class', 'note', (platform) => platform.network, {
      message: 'they are connected in different ways',
      remedy:
        'none: a VM has a tap device where a container has a veth pair; latencies include that difference',
    }),
    ...differing(ran, 'kernel', 'note', (platform) => inside(platform, 'kernel'), {
      message: 'they run on different kernels',
      remedy: "none: a VM brings its own kernel, containers and processes have the host's",
    }),
    ...emulatedLab(evidence),
    ...machine(evidence),
  ];
}

/** Whether an error stands between two platforms. */
export function isUnfair(findings: readonly RecordedFinding[], a: string, b: string): boolean {
  return findings.some(
    (finding) => finding.level === 'error' && finding.platforms.includes(a) && finding.platforms.includes(b),
  );
}

/** A finding when those platforms that have the property do not all have the same value of it. */
function differing(
  platforms: readonly RecordedPlatform[],
  code: string,
  level: RecordedFinding['level'],
  property: (platform: RecordedPlatform) => string | null,
  words: { message: string; remedy: string },
): RecordedFinding[] {
  const groups = new Map<string, string[]>();
  for (const platform of platforms) {
    const value = property(platform);
    if (value !== null) groups.set(value, [...(groups.get(value) ?? []), platform.id]);
  }
  if (groups.size < 2) return [];
  const values = [...groups].map(([value, ids]) => `${ids.join(', ')}: ${value}`).join('; ');
  return [
    {
      level,
      code,
      platforms: [...groups.values()].flat(),
      message: `${words.message} (${values})`,
      remedy: words.remedy,
    },
  ];
}

/** The same -Xmx gives slightly different usable heaps; more than 3 % apart means different heaps. */
function heap(platforms: readonly RecordedPlatform[]): RecordedFinding[] {
  const heaps = platforms.flatMap((platform) => {
    const bytes = Number(inside(platform, 'maxMemoryBytes') ?? Number.NaN);
    return Number.isFinite(bytes) ? [{ id: platform.id, bytes }] : [];
  });
  const sizes = heaps.map((entry) => entry.bytes);
  if (sizes.length < 2 || Math.max(...sizes) <= Math.min(...sizes) * 1.03) return [];
  return [
    {
      level: 'error',
      code: 'heap-size',
      platforms: heaps.map((entry) => entry.id),
      message: `the JVM has heaps of different sizes (${heaps.map((entry) => `${entry.id}: ${Math.round(entry.bytes / 2 ** 20)} MiB`).join('; ')})`,
      remedy: 'size the heap from the limit with -Xmx${memory:50%}m instead of leaving it to the JVM',
    },
  ];
}

function emulated(platforms: readonly RecordedPlatform[]): RecordedFinding[] {
  const tcg = platforms.filter((platform) => platform.accel === 'tcg');
  if (tcg.length === 0) return [];
  return [
    {
      level: 'warn',
      code: 'accel-tcg',
      platforms: tcg.map((platform) => platform.id),
      message:
        'these VMs ran under software emulation (TCG): a JVM is 10 to 20 times slower than under KVM, by no constant factor, and the translation cache adds to the memory',
      remedy: 'run on a machine with usable hardware virtualisation before drawing conclusions about VMs',
    },
  ];
}

/** Everything in such a lab is emulated, the process as well as the VM under KVM: not by one factor, and not a little. */
function emulatedLab({ lab, platforms }: Evidence): RecordedFinding[] {
  if (lab?.accel !== 'tcg') return [];
  return [
    {
      level: 'warn',
      code: 'lab-tcg',
      platforms: platforms.map((platform) => platform.id),
      message:
        'the lab itself ran under software emulation (TCG): no time here says how long anything takes on real hardware, and ratios between platforms are not those of real hardware either',
      remedy: 'none is needed to prove that platforms work; measure on hardware',
    },
  ];
}

function machine({ host, platforms }: Evidence): RecordedFinding[] {
  const findings: RecordedFinding[] = [];
  const all = platforms.map((platform) => platform.id);
  const shared = platforms.filter((platform) => platform.details['sharesHarnessCpu'] === true);
  if (shared.length > 0) {
    findings.push({
      level: 'warn',
      code: 'harness-cpu',
      platforms: shared.map((platform) => platform.id),
      message: 'the instances share their CPUs with the harness and its prober',
      remedy: 'leave one CPU free: set limits.cpus below the number of CPUs of the machine',
    });
  }
  if ((host.noise.cpuPressureAvg10 ?? 0) > 10) {
    findings.push({
      level: 'warn',
      code: 'host-busy',
      platforms: all,
      message: `the machine was busy when the run began: tasks waited for a CPU ${host.noise.cpuPressureAvg10 ?? 0} % of the time`,
      remedy: 'stop other work on the machine and run again',
    });
  }
  if (host.swapBytes > 0) {
    findings.push({
      level: 'note',
      code: 'swap-on',
      platforms: all,
      message: 'the machine has swap: memory under pressure may be swapped out and then counts in no lens',
      remedy: 'swapoff -a for the time of the run',
    });
  }
  return findings;
}

function detail(platform: RecordedPlatform, name: string): string | null {
  const value = platform.details[name];
  return value === undefined || value === null ? null : String(value);
}

function inside(platform: RecordedPlatform, name: string): string | null {
  return platform.inside?.[name] ?? null;
}
