/** Where the figures come from: run, payload and machine, each in a line. */
import { cpusText, hostLine, imageText, pageCacheOf } from '../bench/record/facts.ts';
import { counted } from '../bench/record/figures.ts';
import type { RunRecord } from '../bench/record/schema.ts';

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
  const decided = (run.sampling ?? []).map(({ platform, planned, why }) => `${platform} ${planned} (${why})`);
  return [
    what.join(' · '),
    ...(decided.length > 0 ? [`samples: ${decided.join(' · ')}`] : []),
    ...(image === null ? [] : [`image ${image}`]),
    hostLine(record),
    ...(lab === null ? [] : [lab]),
  ];
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
