/** Where the figures come from: platforms, workload, machine and run. */
import { cpusText, imageText, readinessText } from '../../bench/record/facts.ts';
import type { RecordedPlatform, RunRecord } from '../../bench/record/schema.ts';
import { counted, digits, figure } from '../../bench/record/figures.ts';
import { ranPlatforms } from '../../bench/record/queries.ts';
import { platformName } from '../wording.ts';
import { markup, type Markup } from './markup.ts';

type Fact = readonly [name: string, value: string | number | null];

export function platformsSection(record: RunRecord): Markup {
  return markup`${ranPlatforms(record).map(platformEntry)}`;
}

function platformEntry(platform: RecordedPlatform): Markup {
  const own: Fact[] = [
    ['runner', `${platform.runner} ${platform.version}`],
    ['kind', platform.guest === null ? platform.kind : `${platform.kind}, ${platform.guest} guest`],
    ['accelerator', platform.accel === 'none' ? null : platform.accel.toUpperCase()],
    ['network', platform.network],
    [
      'limits',
      platform.limits &&
        `${counted(platform.limits.cpus, 'CPU')}, ${figure(platform.limits.memoryBytes, 'bytes')} of memory`,
    ],
  ];
  const seen = Object.entries(platform.inside ?? {});
  return markup`
<h3>${platformName(platform)}</h3>
${facts([...own, ...Object.entries(platform.options).map(([name, value]): Fact => [name, plain(value)])])}
${entries('Details', Object.entries(platform.details))}${entries('As the workload sees it from inside', seen)}`;
}

export function workloadSection({ workload, run }: RunRecord): Markup {
  const packages = workload.packages.map(({ name, version }) => [name, version] as const);
  return markup`<p>${workload.description}</p>
${facts([
  ['workload', workload.name],
  ['ready', readinessText({ run })],
  ['image', imageText(workload)],
  ['payload', workload.payloadDigest],
  ['files', `${counted(workload.files, 'file')}, ${figure(workload.bytes, 'bytes')}`],
])}${entries(counted(packages.length, 'package'), packages)}
<details><summary>The resolved scenario</summary><pre tabindex="0">${JSON.stringify(run.scenario, null, 2)}</pre></details>`;
}

export function machineSection({ host }: RunRecord): Markup {
  const { loadAverage1: load, cpuPressureAvg10: pressure, stealPercent: steal } = host.noise;
  return facts([
    ['processor', `${host.cpuModel}, ${cpusText(host.cpus)}`],
    ['memory', figure(host.memoryBytes, 'bytes')],
    ['swap', host.swapBytes === 0 ? 'none' : figure(host.swapBytes, 'bytes')],
    ['system', `${host.os}, kernel ${host.kernel}`],
    ['runs in', host.virtualization === 'none' ? 'bare metal' : host.virtualization],
    [
      'KVM',
      `${host.kvm.usable ? 'usable' : 'not usable'}${host.kvm.backend === null ? '' : ` (${host.kvm.backend})`}: ${host.kvm.reason}`,
    ],
    ['cgroups', `version ${host.cgroupVersion}`],
    ['same-page merging', host.ksm],
    ['huge pages', host.thp],
    ['CPU governor', host.governor],
    ['clock', host.clocksource],
    [
      'at the beginning',
      [
        ...(load === null ? [] : [`load ${digits(load)}`]),
        ...(pressure === null ? [] : [`CPU pressure ${digits(pressure)} %`]),
        ...(steal === null ? [] : [`stolen time ${digits(steal)} %`]),
      ].join(', '),
    ],
  ]);
}

export function runSection({ run }: RunRecord): Markup {
  return facts([
    ['run', run.id],
    ['status', run.status],
    ['started', run.startedAt],
    ['finished', run.finishedAt],
    ['commit', run.commit ?? null],
    ['imported', run.imported ? `from ${run.imported.file}, ${run.imported.at}` : null],
    ['seed', run.seed],
    ['tare', run.tareVersion],
    ...(run.imported ? [] : harnessFacts(run)),
  ]);
}

const idleCpusText = {
  poll: 'polled from the start command until ready, so that none had to be woken',
  'as-is': 'as the machine has it',
};

function harnessFacts({ harness }: RunRecord['run']): Fact[] {
  return [
    ['CPUs', harness.cpus],
    ['kernel tracing', harness.tracer],
    ['idle CPUs', harness.idleCpus === undefined ? null : idleCpusText[harness.idleCpus]],
    [
      'harness',
      [
        `at most ${figure(harness.peakRssBytes, 'bytes')} of memory`,
        ...(harness.proberCpuPercent === null
          ? []
          : [`prober ${digits(harness.proberCpuPercent)} % of one CPU`]),
      ].join(', '),
    ],
  ];
}

function entries(title: string, list: readonly (readonly [string, unknown])[]): Markup | null {
  if (list.length === 0) return null;
  return markup`<details><summary>${title}</summary>${facts(list.map(([name, value]) => [name, plain(value)]))}</details>
`;
}

function facts(list: readonly Fact[]): Markup {
  return markup`<dl class="facts">${list.map(([name, value]) => (value === null ? markup`` : markup`<dt>${name}</dt><dd>${value}</dd>`))}</dl>`;
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
