/** The payload in the same virtual machine as the platform `vm`, which libvirt starts and looks after: the price of management. */
import { join } from 'node:path';
import { runEngine } from '../container-engine/command.ts';
import { engineMemory } from '../container-engine/memory.ts';
import { undoneOnFailure } from '../machine/lease/clean-up.ts';
import { requireProgram } from '../machine/programs.ts';
import { openDisk } from '../payload/disk/open-disk.ts';
import type { Payload } from '../payload/payload.ts';
import { createInstance, type VmTraits } from '../qemu/create.ts';
import { kvmFor, probe } from '../qemu/fitness.ts';
import { minimalGuest } from '../qemu/guest/minimal-guest.ts';
import type { QemuOptions } from '../qemu/options.ts';
import { qemuVersion } from '../qemu/probe.ts';
import { bootMarks, traits } from '../qemu/runner.ts';
import { qemuProgram } from '../qemu/vm/vm.ts';
import { plainFacts } from '../platform-facts.ts';
import type { Fitness, PlatformSpec, PreparedPlatform } from '../runner.ts';
import type { ProbeContext, RunContext, Runner } from '../runner.ts';
import { findLibvirt, startLibvirt } from './daemon.ts';
import { domainXml } from './domain.ts';
import { startedByLibvirt } from './vm.ts';

export interface LibvirtOptions {
  machine: 'q35' | 'pc';
  suite: 'bookworm' | 'trixie';
  accel: 'auto' | 'kvm' | 'tcg';
  vcpus: number | null;
}

export const libvirtRunner: Runner<LibvirtOptions> = { kind: 'vm', probe: probeLibvirt, prepare };

async function probeLibvirt(options: LibvirtOptions, context: ProbeContext): Promise<Fitness> {
  const found = await findLibvirt();
  if ('reason' in found) return { usable: false, version: null, ...found };
  const fitness = await probe(asQemu(options), context);
  return { ...fitness, version: `${found.version}, ${fitness.version ?? 'no QEMU'}` };
}

/** The platform `vm` with these options. */
function asQemu({ machine, suite, accel, vcpus }: LibvirtOptions): QemuOptions {
  return {
    ...{ machine, suite, accel, vcpus, guest: 'minimal', firmware: 'seabios', start: 'boot' },
    ...{ hugePages: false, merge: true, diskCache: 'writeback', vhostNet: false },
    ...{ kernel: null, initrd: null, disk: null, freePageReporting: false },
  };
}

/** libvirt rounds memory up to whole ones. */
function inWholeMebibytes(vm: VmTraits): VmTraits {
  return { ...vm, memoryBytes: vm.memoryBytes - (vm.memoryBytes % 2 ** 20) };
}

async function prepare(
  payload: Payload,
  platform: PlatformSpec<LibvirtOptions>,
  context: RunContext,
): Promise<PreparedPlatform> {
  const found = await findLibvirt();
  if ('reason' in found) throw new Error(`${found.reason}; ${found.remedy}`);
  const machine = { ...platform, options: asQemu(platform.options) };
  const shell = { cache: context.folders.cache, signal: context.signal, log: context.log };
  const emulator = await requireProgram(qemuProgram);
  const kvm = await kvmFor(machine.options, shell);
  const guest = await minimalGuest(payload, platform.launch, machine.options, shell);
  const vm = inWholeMebibytes(traits(machine, kvm.usable ? 'kvm' : 'tcg'));
  return undoneOnFailure(context.log, async (cleanUp) => {
    const libvirt = await cleanUp.add(startLibvirt(found, platform.id, context), (made) => made.dispose());
    // What QEMU can do, libvirt asks it once and remembers: not the first instance is to pay for it.
    await runEngine(libvirt.virsh, ['domcapabilities', '--emulatorbin', emulator, '--machine', vm.machine]);
    const starter = startedByLibvirt(libvirt);
    const shared = { platform: machine, context, guest, vm, snapshot: null, starter };
    const outline = {
      ...{ ...vm, ...guest.outline, overlayFile: 'DISK', diskLayers: [], hardware: 'virtio' as const },
      tap: { device: 'TAP', mac: 'MAC' },
      sockets: { qmp: 'QMP', console: 'CONSOLE', control: 'CONTROL', output: 'OUTPUT' },
    };
    return {
      facts: {
        ...{ accel: vm.accel, guest: 'minimal', network: 'bridge-tap' },
        version: `${found.version}, ${(await qemuVersion()) ?? 'no QEMU'}`,
        compared: {
          ...plainFacts,
          root: null,
          machine: {
            ...{ start: 'boot', diskCache: vm.diskCache, hugePages: false },
            ...{ mergeable: vm.merge, vhostNet: false, ...guest.own },
          },
        },
        details: {
          accelReason: kvm.reason,
          ...{ machine: vm.machine, vcpus: vm.cpus, ...guest.details },
          diskVirtualBytes: guest.disk.virtualBytes,
          engine: "Tare's own libvirt, for this run",
          engineMemoryBytes: await engineMemory(libvirt.cgroup),
          domain: domainXml({ name: 'NAME', emulator, spec: outline }),
        },
      },
      marks: bootMarks,
      create: (instance) => createInstance(instance, shared),
      openRoot: () => openDisk(guest.disk, join(context.folders.scratch, `${platform.id}-root`)),
      images: () => guest.images(),
      dispose: () => cleanUp.run(),
    };
  });
}
