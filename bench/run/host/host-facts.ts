/** What this machine is, as the record keeps it; asked once per run, never inside a sample. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { hostname, release } from 'node:os';
import { join } from 'node:path';
import si from 'systeminformation';
import { detectCgroupVersion } from '../../../runners/machine/cgroup/cgroup.ts';
import { readMeminfo } from '../../../runners/machine/meminfo.ts';
import { osReleaseField, readOsRelease } from '../../../runners/machine/os-release.ts';
import type { RecordedHost } from '../../record/schema.ts';

/** What the operator says of the machine. */
export interface GivenHost {
  /** Null: the machine's own name. */
  name: string | null;
  labels: Readonly<Record<string, string>>;
}

/** From TARE_HOST_NAME, and TARE_HOST_LABELS such as `rack=r7,row=2`. */
export function givenHost(env: Readonly<Record<string, string | undefined>>): GivenHost {
  const labels = (env['TARE_HOST_LABELS'] ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((each): [string, string] => {
      const [name = '', ...value] = each.split('=');
      return [name.trim(), value.length === 0 ? 'yes' : value.join('=').trim()];
    });
  return { name: env['TARE_HOST_NAME'] || null, labels: Object.fromEntries(labels) };
}

export async function gatherHostFacts(
  kvm: RecordedHost['kvm'],
  given: GivenHost = givenHost({}),
): Promise<RecordedHost> {
  // Each of these starts a dozen programs; what one file tells is read from it.
  const [cpu, system] = await Promise.all([si.cpu(), si.system()]);
  const memory = await readMeminfo();
  const osRelease = await readOsRelease();
  return {
    cpuModel: [cpu.manufacturer, cpu.brand].filter(Boolean).join(' '),
    cpus: cpu.cores,
    memoryBytes: memory.get('MemTotal') ?? 0,
    kernel: release(),
    os: ['NAME', 'VERSION_ID']
      .map((name) => osReleaseField(osRelease, name))
      .filter(Boolean)
      .join(' '),
    virtualization: await virtualization(system.virtual, system.virtualHost),
    cgroupVersion: await detectCgroupVersion(),
    swapBytes: memory.get('SwapTotal') ?? 0,
    kvm,
    ksm: (await firstLine('/sys/kernel/mm/ksm/run')) === '1' ? 'on' : 'off',
    thp: bracketed(await firstLine('/sys/kernel/mm/transparent_hugepage/enabled')),
    governor: await firstLine('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor'),
    clocksource: await firstLine('/sys/devices/system/clocksource/clocksource0/current_clocksource'),
    name: given.name ?? hostname(),
    ...(Object.keys(given.labels).length > 0 && { labels: { ...given.labels } }),
    microcode: await microcode(),
    cores: cpu.physicalCores,
    mitigations: await mitigations(),
    nested: await nested(),
    throttled: await throttled(),
    noise: {
      loadAverage1: Number((await firstLine('/proc/loadavg')).split(' ')[0]),
      cpuPressureAvg10: pressure(await firstLine('/proc/pressure/cpu')),
      stealPercent: stealPercent(await firstLine('/proc/stat')),
    },
  };
}

async function microcode(): Promise<string> {
  const cpuinfo = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  return /^microcode\s*:\s*(\S+)/m.exec(cpuinfo)?.[1] ?? 'unknown';
}

/** Linux, Documentation/ABI/testing/sysfs-devices-system-cpu: a file for each vulnerability, with what is done about it. */
async function mitigations(): Promise<string> {
  const folder = '/sys/devices/system/cpu/vulnerabilities';
  const names = (await readdir(folder).catch(() => [])).sort();
  if (names.length === 0) return 'unknown';
  const hash = createHash('sha256');
  for (const name of names) hash.update(`${name}: ${await firstLine(join(folder, name))}\n`);
  return hash.digest('hex').slice(0, 12);
}

async function nested(): Promise<string> {
  const answers = await Promise.all(
    ['kvm_intel', 'kvm_amd'].map((module) => firstLine(`/sys/module/${module}/parameters/nested`)),
  );
  const answer = answers.find((each) => each !== 'unknown');
  if (answer === undefined) return 'unknown';
  return answer === 'Y' || answer === '1' ? 'yes' : 'no';
}

/** Intel's CPUs count it: Linux, arch/x86 (therm_throt.c). */
async function throttled(): Promise<number | null> {
  const folder = '/sys/devices/system/cpu';
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^cpu\d+$/.test(name));
  const counts = await Promise.all(
    names.map((name) => firstLine(join(folder, name, 'thermal_throttle', 'core_throttle_count'))),
  );
  const known = counts.map(Number).filter(Number.isFinite);
  return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
}

/** DMI strings are missing in microVMs, where the CPU's hypervisor bit still tells. */
async function virtualization(isVirtual: boolean, name: string | undefined): Promise<string> {
  if (isVirtual) return name === undefined || name === '' ? 'virtual machine' : name;
  const cpuinfo = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  return /^flags\s*:.*\bhypervisor\b/m.test(cpuinfo) ? 'virtual machine' : 'none';
}

/** `some avg10=0.12 avg60=…`: share of time in which at least one task waited for a CPU, percent. */
export function pressure(line: string): number | null {
  const match = /avg10=([\d.]+)/.exec(line);
  return match ? Number(match[1]) : null;
}

/** Of all time since the machine was booted, from `cpu  user nice system idle iowait irq softirq steal guest …` (proc_stat(5)). */
export function stealPercent(line: string): number | null {
  // What guests of this machine's own take is in `user` already.
  const [, ...times] = line.split(/ +/, 9).map(Number);
  const all = times.reduce((sum, time) => sum + time, 0);
  const steal = times[7];
  return steal === undefined || !(all > 0) ? null : (100 * steal) / all;
}

/** The chosen word of `always [madvise] never`. */
export function bracketed(line: string): string {
  return /\[(.+?)\]/.exec(line)?.[1] ?? line;
}

async function firstLine(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => 'unknown');
  return text.split('\n')[0] ?? 'unknown';
}
