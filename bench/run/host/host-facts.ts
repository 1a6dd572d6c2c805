/** What this machine is, as the record keeps it; asked once per run, never inside a sample. */
import { readFile } from 'node:fs/promises';
import si from 'systeminformation';
import { detectCgroupVersion } from '../../../runners/machine/cgroup/cgroup.ts';
import type { RecordedHost } from '../../record/schema.ts';

export async function gatherHostFacts(kvm: RecordedHost['kvm']): Promise<RecordedHost> {
  const [cpu, os, memory, system] = await Promise.all([si.cpu(), si.osInfo(), si.mem(), si.system()]);
  const steal = (await si.currentLoad()).currentLoadSteal;
  return {
    cpuModel: [cpu.manufacturer, cpu.brand].filter(Boolean).join(' '),
    cpus: cpu.cores,
    memoryBytes: memory.total,
    kernel: os.kernel,
    os: [os.distro, os.release].filter(Boolean).join(' '),
    virtualization: await virtualization(system.virtual, system.virtualHost),
    cgroupVersion: await detectCgroupVersion(),
    swapBytes: memory.swaptotal,
    kvm,
    ksm: (await firstLine('/sys/kernel/mm/ksm/run')) === '1' ? 'on' : 'off',
    thp: bracketed(await firstLine('/sys/kernel/mm/transparent_hugepage/enabled')),
    governor: await firstLine('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor'),
    clocksource: await firstLine('/sys/devices/system/clocksource/clocksource0/current_clocksource'),
    noise: {
      loadAverage1: Number((await firstLine('/proc/loadavg')).split(' ')[0]),
      cpuPressureAvg10: pressure(await firstLine('/proc/pressure/cpu')),
      stealPercent: Number.isFinite(steal) ? steal : null,
    },
  };
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

/** The chosen word of `always [madvise] never`. */
export function bracketed(line: string): string {
  return /\[(.+?)\]/.exec(line)?.[1] ?? line;
}

async function firstLine(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => 'unknown');
  return text.split('\n')[0] ?? 'unknown';
}
