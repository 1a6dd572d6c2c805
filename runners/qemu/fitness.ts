/** Whether this machine can run a QEMU platform. */
import { whyNoRun } from '../shared/prerequisites.ts';
import { readMeminfo } from '../machine/meminfo.ts';
import { findProgram } from '../machine/programs.ts';
import { exists } from '../payload/cache-entry.ts';
import type { Fitness, ProbeContext } from '../runner.ts';
import { isEmulatedHost } from './emulated.ts';
import { findUefi } from './full/uefi.ts';
import type { QemuOptions } from './options.ts';
import { probeKvm, qemuVersion, type KvmFacts } from './probe.ts';
import { qemuProgram } from './vm/vm.ts';

const microvmNote =
  'microvm without KVM sometimes hangs in early boot while it measures its clocks; q35 does not';

/** What a probe asks of the machine; a test answers for one that it is not on. */
interface VmHost {
  isEmulatedHost(): boolean;
  qemuVersion(): Promise<string | null>;
  probeKvm(context: ProbeContext): Promise<Pick<KvmFacts, 'usable' | 'reason'>>;
}
const thisHost: VmHost = { isEmulatedHost, qemuVersion, probeKvm };

export async function probe(
  options: QemuOptions,
  context: ProbeContext,
  host: VmHost = thisHost,
): Promise<Fitness> {
  const version = await host.qemuVersion();
  const unfit = (reason: string, remedy: string): Fitness => ({ usable: false, version, reason, remedy });
  if (process.arch !== 'x64') {
    return unfit(
      `the guests are made for x86-64, and this machine is ${process.arch}`,
      'Use an x86-64 machine.',
    );
  }
  if (version === null) {
    return unfit(
      `${qemuProgram} is not installed`,
      'Run "tare doctor --fix", or: apt-get install qemu-system-x86',
    );
  }
  const machine = await whyNoRun();
  if (machine !== null) return unfit(machine.reason, machine.remedy);
  if (!(await exists('/dev/net/tun'))) {
    return unfit('/dev/net/tun does not exist, so a VM can have no network', 'Load the kernel module tun.');
  }
  const missing = await whatIsMissing(options);
  if (missing !== null) return unfit(missing.reason, missing.remedy);
  const kvm = await kvmFor(options, context, host);
  if (options.accel === 'kvm' && !kvm.usable) {
    return unfit(
      `accel: kvm is asked for and KVM is not usable: ${kvm.reason}`,
      'Use accel: auto or accel: tcg.',
    );
  }
  const accel = kvm.usable ? 'kvm' : 'tcg';
  if (options.accel === 'auto' && accel === 'tcg' && host.isEmulatedHost()) {
    return unfit(
      `this machine is emulated itself, where an emulated VM would take too long, and KVM is not usable: ${kvm.reason}`,
      'Set accel: tcg to run it under emulation.',
    );
  }
  if (options.machine === 'microvm' && accel === 'tcg' && options.accel !== 'tcg') {
    return unfit(
      `${microvmNote}; KVM is not usable: ${kvm.reason}`,
      'Use machine: q35, or ask for accel: tcg.',
    );
  }
  const notes = [`accelerator ${accel}: ${kvm.reason}`];
  if (options.machine === 'microvm' && accel === 'tcg') notes.push(microvmNote);
  return { usable: true, version, accel, notes };
}

/** Whoever asks for TCG gets it without a look at KVM. */
export async function kvmFor(
  options: QemuOptions,
  context: ProbeContext,
  host: VmHost = thisHost,
): Promise<Pick<KvmFacts, 'usable' | 'reason'>> {
  if (options.accel === 'tcg') return { usable: false, reason: 'the scenario asks for TCG' };
  return host.probeKvm(context);
}

interface Missing {
  reason: string;
  remedy: string;
}

/** What the options ask for and this machine does not have; null: nothing. */
async function whatIsMissing(options: QemuOptions): Promise<Missing | null> {
  if (options.guest === 'full') {
    for (const [program, name] of Object.entries(diskPrograms)) {
      if ((await findProgram(program)) !== null) continue;
      const reason = `${program} is not installed, which makes the full guest's disk`;
      return { reason, remedy: `Run "tare doctor --fix", or: apt-get install ${name}` };
    }
  }
  if (options.firmware === 'uefi' && (await findUefi()) === null) {
    const remedy = 'Run "tare doctor --fix", or: apt-get install ovmf';
    return { reason: 'UEFI firmware for VMs (OVMF) is not installed', remedy };
  }
  if (options.vhostNet && !(await exists('/dev/vhost-net'))) {
    const remedy = 'Load the kernel module vhost_net, or leave vhost-net out.';
    return { reason: '/dev/vhost-net does not exist', remedy };
  }
  if (options.hugePages && ((await readMeminfo()).get('HugePages_Free') ?? 0) === 0) {
    const remedy = 'Set some aside, for instance: sysctl vm.nr_hugepages=512';
    return { reason: 'no huge page of 2 MiB is free (HugePages_Free in /proc/meminfo)', remedy };
  }
  return null;
}

/** Programs that put a full disk together, with their Debian packages. */
const diskPrograms = { syslinux: 'syslinux', mcopy: 'mtools', 'mkfs.fat': 'dosfstools', sfdisk: 'fdisk' };
