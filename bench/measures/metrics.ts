/** Every metric Tare yields: its unit, which way is better, and what it is in words. */
import type { RecordedResult } from '../record/schema.ts';

export interface MetricInfo {
  unit: RecordedResult['unit'];
  better: RecordedResult['better'];
  definition: string;
}

const ms = (definition: string): MetricInfo => ({ unit: 'ms', better: 'lower', definition });
const bytes = (definition: string): MetricInfo => ({ unit: 'bytes', better: 'lower', definition });

const metrics: Record<string, MetricInfo> = {
  'startup.ready': ms(
    'From just before the start command is handed to the system until the first complete good answer has arrived at the prober, on the host clock.',
  ),
  'cpu.ready': ms(
    'CPU time, user and system, that the whole instance (for a VM: with its VMM) used until it was ready.',
  ),
  'stop.graceful': ms(
    'From the request to stop (stop signal; for a VM the guest is asked) until the main process is gone.',
  ),
  'stop.kill': ms('From the kill until the main process is gone.'),
  'stop.released': ms(
    'From the request to stop until nothing of the instance remains: processes, cgroup, mounts, network and layer.',
  ),
  'image.marginal': bytes(
    'Blocks on disk that one running instance takes for itself: its copy-on-write layer, once it is ready and was loaded.',
  ),
  'memory.pss': bytes(
    'Proportional set size over every process of the instance, helpers included: private pages whole, shared pages divided among those who map them.',
  ),
  'memory.uss': bytes('Unique set size: pages that only this instance maps, and that its end would free.'),
  'memory.rss': bytes(
    'Resident set size over every process of the instance; counts shared pages once per process.',
  ),
  'memory.cgroup': bytes(
    "The kernel's account of the instance's cgroup, page cache and kernel memory included.",
  ),
  'memory.workingset': bytes('The cgroup account without inactive file pages, as the kubelet defines it.'),
  'memory.host': bytes(
    "Fall of the host's MemAvailable since before the start. It sees everything, other programs of the machine too, so it is noisy.",
  ),
  'memory.guest': bytes("In use as the guest's own kernel counts it: its MemTotal minus its MemAvailable."),
  'memory.unclaimed': bytes(
    'The host lens minus the PSS: what the host has lost and no process of the instance claims (kernel structures, page tables, and the noise of the host lens).',
  ),
  'density.instances': {
    unit: 'count',
    better: 'higher',
    definition:
      'Instances that were held within the budget for a stated time, with every one of them serving.',
  },
  'density.minimumMemory': bytes(
    'Smallest memory limit under which one instance started and served within the objective.',
  ),
};

const parts: Record<string, string> = {
  'guest-ram': 'the RAM of the guest',
  snapshot: 'pages of the snapshot that the clone has not written, shared with all that map them',
  vmm: 'the VMM itself, without guest RAM and translation cache',
  'tcg-cache': 'the translation cache of the software emulation',
};

const phases: Record<string, string> = {
  launch:
    'the start command prepares the instance: from the start until the workload (for a VM: the machine) runs',
  firmware: 'the firmware runs and the kernel is loaded and unpacked',
  kernel: "the guest's kernel starts, up to the first instruction of its initrd",
  restore: "the snapshot's device state is loaded",
  resume: 'the clone runs again and takes on its own address, until the first connection',
  initrd: 'the initrd loads drivers and mounts the root disk',
  init: 'the guest sets up mounts and network',
  workload: "from the execution of the workload's command until it listens (or until its next own mark)",
  response: 'from listening until the first complete good answer (or until its next own mark)',
  unexplained: 'time between marks of which one is missing or out of order',
};

/** Unit, direction and definition of a metric; `lens` tells parts of one metric apart. */
export function metricInfo(metric: string, lens?: string): MetricInfo {
  const known = metrics[metric];
  if (known) return known;
  if (metric === 'memory.part' && lens !== undefined) {
    return bytes(`Share of the PSS that is ${parts[lens] ?? lens}.`);
  }
  if (metric.startsWith('startup.phase.')) {
    const name = metric.slice('startup.phase.'.length);
    return ms(
      `Phase "${name}": ${phases[name] ?? `from the workload's own mark "${name}" until the next mark`}.`,
    );
  }
  throw new Error(`metric ${metric} is not in the catalogue (bench/measures/metrics.ts)`);
}
