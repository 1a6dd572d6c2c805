/**
 * A snapshot: memory, device state and disk of a machine at the moment its workload was ready. Clones map the memory
 * file privately, so that they share every page that none of them has written.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { compressDisk, diskOf } from '../../payload/disk/disk.ts';
import type { ImageFigure } from '../../runner.ts';
import { createInstance, type SharedByInstances } from '../create.ts';
import type { OutputEnd } from '../guest/output.ts';
import type { Guest } from '../guest/guest.ts';
import type { GuestKitContext } from '../guest/guest-kit.ts';

export interface Snapshot {
  memoryFile: string;
  diskFile: string;
  initrdFile: string;
  /** Of devices and processors. */
  state: Buffer;
  outputEnd: OutputEnd;
  /** Removes its files. */
  dispose(): Promise<void>;
}

/** Starts a machine, waits until its workload is ready, and keeps what it is then. Nothing of it runs afterwards. */
export async function takeSnapshot(shared: SharedByInstances): Promise<Snapshot> {
  const { platform, context } = shared;
  const id = `${platform.id}-snapshot`;
  const { scratch } = context.folders;
  const folder = join(scratch, id);
  // A platform may be prepared again, with other limits, while its first snapshot is still there.
  const kept = join(scratch, `${id}.${randomBytes(4).toString('hex')}`);
  const logs = `${kept}.logs`;
  const ram = { from: 'file' as const, path: join(folder, 'memory'), shared: true };
  context.log.progress('starting a machine to take the snapshot of');
  await mkdir(logs);
  const instance = await createInstance({ id, logs }, { ...shared, vm: { ...shared.vm, ram } });
  try {
    await context.startUntilReady(instance);
    const state = await instance.saveState();
    await rename(folder, kept);
    return {
      memoryFile: join(kept, 'memory'),
      diskFile: join(kept, 'disk.qcow2'),
      initrdFile: join(kept, 'initrd'),
      state,
      outputEnd: instance.outputEnd,
      dispose: () => rm(kept, { recursive: true, force: true }),
    };
  } catch (error) {
    const diagnosis = await instance.diagnose();
    if (diagnosis === null || context.signal.aborted) throw error;
    throw new Error(`no snapshot could be taken: ${diagnosis.message}`, { cause: error });
  } finally {
    await instance.dispose();
    await rm(logs, { recursive: true, force: true });
  }
}

/** What clones boot from instead of their original: nothing, they continue. */
export async function cloneGuest(
  original: Guest,
  snapshot: Snapshot,
  context: GuestKitContext,
): Promise<Guest> {
  const { initrdFile } = snapshot;
  const kernelFile = original.kernelFile ?? '';
  const disk = await diskOf(snapshot.diskFile);
  return {
    disk: { ...disk, format: 'qcow2' },
    kernelFile,
    own: original.own,
    details: {
      ...original.details,
      diskFormat: "qcow2 over the snapshot's qcow2 over raw ext4",
      snapshotStateBytes: snapshot.state.length,
    },
    outline: {
      boot: { by: 'incoming', kernelFile: 'KERNEL', initrdFile: 'INITRD' },
      settingsFile: null,
    },
    equip: () => Promise.resolve({ boot: { by: 'incoming', kernelFile, initrdFile }, settingsFile: null }),
    images: () => withSnapshot(original, snapshot, context),
  };
}

/** Who ships a snapshot ships its memory and state beside everything the machine was started from. */
async function withSnapshot(
  original: Guest,
  { memoryFile, diskFile, state }: Snapshot,
  context: GuestKitContext,
): Promise<ImageFigure[]> {
  const [memory, layer] = await Promise.all([diskOf(memoryFile), diskOf(diskFile)]);
  const [figures, packed] = await Promise.all([original.images(), compressDisk(memory, context)]);
  const more = (lens: string, compression: string | undefined): number => {
    if (lens === 'virtual') return memory.virtualBytes;
    if (lens === 'transfer') return packed[compression === 'gzip' ? 'gzip' : 'zstd'];
    return memory.allocatedBytes;
  };
  return figures.map((figure) => ({
    ...figure,
    bytes:
      figure.bytes + more(figure.lens, figure.condition['compression']) + layer.allocatedBytes + state.length,
    definition: `${figure.definition}, plus the snapshot's memory, layer and device state`,
  }));
}
