/** Runs the payload in a virtual machine: QEMU with a minimal or a full guest. */
import { join } from 'node:path';
import { openDisk } from '../payload/disk/open-disk.ts';
import type { Payload } from '../payload/payload.ts';
import { plainFacts, type PlatformFacts } from '../platform-facts.ts';
import type { PlatformSpec, PreparedPlatform } from '../runner.ts';
import type { RunContext, Runner } from '../runner.ts';
import { qemuArguments } from './vm/arguments.ts';
import { createInstance, startedByTare, type SharedByInstances, type VmTraits } from './create.ts';
import { kvmFor, probe } from './fitness.ts';
import { fullGuest } from './full/guest.ts';
import type { GuestKitContext } from './guest/guest-kit.ts';
import { minimalGuest } from './guest/minimal-guest.ts';
import type { QemuOptions } from './options.ts';
import { qemuVersion } from './probe.ts';
import { cloneGuest, takeSnapshot, type Snapshot } from './snapshot/snapshot.ts';
import { qemuProgram } from './vm/vm.ts';

export const qemuRunner: Runner<QemuOptions> = { kind: 'vm', probe, prepare };

async function prepare(
  payload: Payload,
  platform: PlatformSpec<QemuOptions>,
  context: RunContext,
): Promise<PreparedPlatform> {
  const { options, launch } = platform;
  const shell = { cache: context.folders.cache, signal: context.signal, log: context.log };
  const kvm = await kvmFor(options, shell);
  const version = await qemuVersion();
  const guest =
    options.guest === 'full'
      ? await fullGuest(payload, launch, options, shell)
      : await minimalGuest(payload, launch, options, shell);
  const vm = traits(platform, kvm.usable ? 'kvm' : 'tcg');
  const booting: SharedByInstances = { platform, context, guest, vm, snapshot: null, starter: startedByTare };
  const snapshot = options.start === 'snapshot' ? await takeSnapshot(booting) : null;
  const shared = snapshot === null ? booting : await cloning(booting, snapshot, shell);
  return {
    facts: platformFacts(shared, version ?? '', kvm.reason),
    marks: snapshot === null ? bootMarks : cloneMarks,
    // A clone would boot, and a guest that is booted by firmware has not been tried.
    ...(options.guest === 'minimal' && snapshot === null && { restartsBy: 'reboot on panic' }),
    create: (instance) => createInstance(instance, shared),
    ...(isMovable(options) && { disk: guest.disk }),
    openRoot: () => openDisk(shared.guest.disk, join(context.folders.scratch, `${platform.id}-root`)),
    images: () => shared.guest.images(),
    dispose: () => snapshot?.dispose() ?? Promise.resolve(),
  };
}

/** The minimal guest brings drivers for other hardware than virtio, which only the machine q35 has. */
function isMovable({ guest, machine, start, initrd, kernel }: QemuOptions): boolean {
  return guest === 'minimal' && machine === 'q35' && start === 'boot' && initrd === null && kernel === null;
}

export const bootMarks = ['spawned', 'firmware', 'kernel', 'initrd', 'init', 'exec'];
/** A clone's workload was executed long before its start. */
const cloneMarks = ['spawned', 'restore', 'resume'];

async function cloning(
  booting: SharedByInstances,
  snapshot: Snapshot,
  context: GuestKitContext,
): Promise<SharedByInstances> {
  const guest = await cloneGuest(booting.guest, snapshot, context);
  const ram = { from: 'file' as const, path: snapshot.memoryFile, shared: false };
  return { ...booting, guest, vm: { ...booting.vm, ram }, snapshot };
}

export function traits({ options, limits }: PlatformSpec<QemuOptions>, accel: 'kvm' | 'tcg'): VmTraits {
  const { machine, vcpus, hugePages, merge, diskCache, vhostNet, freePageReporting } = options;
  return {
    machine,
    accel,
    cpus: vcpus ?? Math.ceil(limits.cpus),
    memoryBytes: limits.memoryBytes,
    ram: { from: hugePages ? 'huge-pages' : 'anonymous' },
    merge,
    diskCache,
    vhostNet,
    freePageReporting,
  };
}

function platformFacts(
  { platform, guest, vm }: SharedByInstances,
  version: string,
  kvmReason: string,
): PlatformFacts {
  // The places differ from machine to machine and from instance to instance; the rest is what was run.
  const commandLine = qemuArguments({
    ...vm,
    ...guest.outline,
    ...(vm.ram.from === 'file' ? { ram: { ...vm.ram, path: 'MEMORY' } } : {}),
    overlayFile: 'DISK',
    diskLayers: [],
    hardware: 'virtio',
    tap: { device: 'TAP', mac: 'MAC' },
    sockets: { qmp: 'QMP', console: 'CONSOLE', control: 'CONTROL', output: 'OUTPUT' },
  });
  return {
    accel: vm.accel,
    guest: platform.options.guest,
    version,
    network: 'bridge-tap',
    compared: {
      ...plainFacts,
      root: null,
      machine: {
        start: platform.options.start,
        diskCache: vm.diskCache,
        hugePages: platform.options.hugePages,
        mergeable: vm.merge,
        vhostNet: vm.vhostNet,
        ...guest.own,
      },
    },
    details: {
      accelReason: kvmReason,
      machine: vm.machine,
      vcpus: vm.cpus,
      ...guest.details,
      diskVirtualBytes: guest.disk.virtualBytes,
      freePageReporting: vm.freePageReporting,
      commandLine: [qemuProgram, ...commandLine].join(' '),
    },
  };
}
