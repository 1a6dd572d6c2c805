/** Everything that one virtual machine needs, made before the clock starts, up to a QEMU on the starting line. */
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { undoneOnFailure } from '../machine/lease/clean-up.ts';
import { createLauncher } from '../shared/launch.ts';
import { createOverlayDisk, layersOf } from '../payload/disk/disk.ts';
import type { NewInstance, PlatformSpec, RunContext } from '../runner.ts';
import type { VmSpec } from './vm/arguments.ts';
import type { Guest } from './guest/guest.ts';
import { VmInstance } from './instance.ts';
import type { QemuOptions } from './options.ts';
import { newOutputEnd } from './guest/output.ts';
import type { Snapshot } from './snapshot/snapshot.ts';
import { endVm, lineUpVm, openVmSockets } from './vm/vm.ts';

/** What all instances of a platform share. */
export interface SharedByInstances {
  platform: PlatformSpec<QemuOptions>;
  context: RunContext;
  guest: Guest;
  vm: VmTraits;
  /** What instances are restored from; null: they boot. */
  snapshot: Pick<Snapshot, 'state' | 'outputEnd'> | null;
}

/** What does not differ from instance to instance. */
export type VmTraits = Omit<
  VmSpec,
  'boot' | 'overlayFile' | 'diskLayers' | 'settingsFile' | 'tap' | 'sockets'
>;

export async function createInstance(
  { id, logs, layer }: NewInstance,
  { platform, context, guest, vm, snapshot }: SharedByInstances,
): Promise<VmInstance> {
  const { folders, network, log } = context;
  return undoneOnFailure(log, async (cleanUp) => {
    const tap = await cleanUp.add(network.attachTap(id), (made) => made.dispose());
    const cgroup = await cleanUp.add(context.cgroup.child(id), (made) => made.remove());
    // The guest's RAM is the memory limit. QEMU's own memory comes on top and is measured apart.
    await cgroup.setLimits({ cpus: platform.limits.cpus, memoryBytes: null, cpuset: context.cpuset });
    const folder = await cleanUp.add(makeFolder(join(folders.scratch, id)), removeFolder);
    const overlayFile = join(folder, 'disk.qcow2');
    if (layer === undefined) await createOverlayDisk(guest.disk, overlayFile);
    else await copyFile(join(layer, basename(overlayFile)), overlayFile);
    const [, ...diskLayers] = await layersOf(overlayFile);
    const { address, prefixLength, mac, device } = tap;
    const outputEnd = snapshot?.outputEnd ?? newOutputEnd();
    const equipment = await guest.equip({ address, prefixLength, outputEnd }, folder);
    const place = {
      networkNamespace: network.nsPath,
      join: await createLauncher(cgroup.joinFiles()),
      wait: await createLauncher([], 'wait'),
      folder,
    };
    const sockets = await cleanUp.add(openVmSockets(join(folders.runtime, id)), (made) => made.close());
    const spec = { ...vm, ...equipment, overlayFile, diskLayers, tap: { device, mac } };
    const waiting = await cleanUp.add(lineUpVm(spec, sockets, place), endVm);
    const { launch } = platform;
    const restore = snapshot === null ? null : { state: snapshot.state, address, prefixLength, mac };
    const made = { spec, sockets, cgroup, vm: waiting, restore, outputEnd, cleanUp };
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
