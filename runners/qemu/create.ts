/** Everything that one virtual machine needs, made before the clock starts, up to a QEMU on the starting line. */
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Cgroup } from '../machine/cgroup/cgroup.ts';
import { undoneOnFailure } from '../machine/lease/clean-up.ts';
import { createLauncher } from '../shared/launch.ts';
import { createOverlayDisk, layersOf } from '../payload/disk/disk.ts';
import type { NewInstance, PlatformSpec, RunContext } from '../runner.ts';
import type { VmSpec } from './vm/arguments.ts';
import { vmUser } from './vm/confine.ts';
import type { Guest } from './guest/guest.ts';
import { VmInstance } from './instance.ts';
import type { QemuOptions } from './options.ts';
import { newOutputEnd } from './guest/output.ts';
import type { Snapshot } from './snapshot/snapshot.ts';
import { endVm, lineUpVm, openVmSockets, type VmPlace, type VmSockets, type WaitingVm } from './vm/vm.ts';

/** What all instances of a platform share. */
export interface SharedByInstances {
  platform: PlatformSpec<QemuOptions>;
  context: RunContext;
  guest: Guest;
  vm: VmTraits;
  /** What instances are restored from; null: they boot. */
  snapshot: Pick<Snapshot, 'state' | 'outputEnd'> | null;
  /** What starts QEMU. */
  starter: VmStarter;
}

/** Who starts QEMU: Tare itself, or another program that Tare asks. */
export interface VmStarter {
  /** Folder that the sockets of an instance are made in. */
  socketFolder(runtime: string): string;
  /** Whether QEMU is told only later to let the machine run, which its monitor then tells. */
  startsPaused: boolean;
  lineUp(id: string, spec: Omit<VmSpec, 'sockets'>, sockets: VmSockets, place: VmPlace): Promise<StartedVm>;
}

export interface StartedVm {
  vm: WaitingVm;
  /** The instance's, which counts QEMU from its first moment on. */
  cgroup: Cgroup;
  /** Ends it, whether it waits or runs. */
  end(): Promise<void>;
}

/** The usual one. */
export const startedByTare: VmStarter = {
  socketFolder: (runtime) => runtime,
  startsPaused: false,
  async lineUp(_, spec, sockets, place) {
    const vm = await lineUpVm(spec, sockets, place);
    return { vm, cgroup: place.cgroup, end: () => endVm(vm) };
  },
};

/** What does not differ from instance to instance. */
export type VmTraits = Omit<
  VmSpec,
  'boot' | 'overlayFile' | 'diskLayers' | 'hardware' | 'settingsFile' | 'tap' | 'sockets'
>;

export async function createInstance(
  { id, logs, layer, disk, restarts = false }: NewInstance,
  { platform, context, guest, vm, snapshot, starter }: SharedByInstances,
): Promise<VmInstance> {
  const { folders, network, log } = context;
  return undoneOnFailure(log, async (cleanUp) => {
    const tap = await cleanUp.add(network.attachTap(vmUser), (made) => made.dispose());
    const cgroup = await cleanUp.add(context.cgroup.child(id), (made) => made.remove());
    // The guest's RAM is the memory limit. QEMU's own memory comes on top and is measured apart.
    await cgroup.setLimits({ cpus: platform.limits.cpus, memoryBytes: null, cpuset: context.cpuset });
    const folder = await cleanUp.add(makeFolder(join(folders.scratch, id)), removeFolder);
    const overlayFile = join(folder, 'disk.qcow2');
    if (layer === undefined) await createOverlayDisk(disk ?? guest.disk, overlayFile);
    else await copyFile(join(layer, basename(overlayFile)), overlayFile);
    const [, ...diskLayers] = await layersOf(overlayFile);
    const { address, prefixLength, mac, device } = tap;
    const outputEnd = snapshot?.outputEnd ?? newOutputEnd();
    const hardware = disk?.hardware ?? 'virtio';
    const equipment = await guest.equip({ address, prefixLength, outputEnd, hardware }, folder);
    const place = {
      networkNamespace: network.nsPath,
      join: await createLauncher(cgroup.joinFiles()),
      wait: await createLauncher([], 'wait'),
      ...{ folder, cgroup },
    };
    const socketFolder = join(starter.socketFolder(folders.runtime), id);
    const sockets = await cleanUp.add(openVmSockets(socketFolder), (made) => made.close());
    const spec = {
      ...vm,
      ...equipment,
      overlayFile,
      diskLayers,
      hardware,
      reboots: restarts,
      tap: { device, mac },
    };
    const { vm: waiting, cgroup: counted } = await cleanUp.add(
      starter.lineUp(id, spec, sockets, place),
      (made) => made.end(),
    );
    const { launch } = platform;
    const restore = snapshot === null ? null : { state: snapshot.state, address, prefixLength, mac };
    const { startsPaused } = starter;
    const made = { spec, sockets, cgroup: counted, vm: waiting, restore, startsPaused, outputEnd, cleanUp };
    return new VmInstance({ id, logs, launch, address, log, ...made });
  });
}

async function makeFolder(path: string): Promise<string> {
  await mkdir(path);
  return path;
}

function removeFolder(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true });
}
