/**
 * What a CPU does while it has nothing to do, as a condition of a measurement. One that sleeps takes time to wake, most of
 * all in a virtual machine, where it has to be fetched back from the hypervisor; and a start wakes it again and again.
 * Readiness was found 0.3 to 0.4 ms later where CPUs slept (docs/runs/performance.md).
 */
import { open, readFile, type FileHandle } from 'node:fs/promises';
import type { IdleCpus } from '../../../scenarios/schema/allowed-words.ts';

/** Linux, Documentation/power/pm_qos_interface.rst: the latency it may take to wake, as 32 bits, in microseconds. */
const latencyFile = '/dev/cpu_dma_latency';
const driverFile = '/sys/devices/system/cpu/cpuidle/current_driver';

/** @returns what is really had: `poll` only where the kernel takes the wish, and has a driver that follows it */
export async function idleCpusHad(asked: IdleCpus): Promise<IdleCpus> {
  // A run begun by an older version may be resumed, and asks for nothing.
  if (asked !== 'poll') return 'as-is';
  const driver = (await readFile(driverFile, 'utf8').catch(() => 'none')).trim();
  const file = driver === 'none' ? null : await openLatency();
  await file?.close();
  return file ? 'poll' : 'as-is';
}

/** The kernel keeps to the wish while the file is open: it ends with this process too, however that ends. */
export async function withIdleCpus<T>(idleCpus: IdleCpus, work: () => Promise<T>): Promise<T> {
  const file = idleCpus === 'poll' ? await openLatency() : null;
  try {
    await file?.write(Buffer.alloc(4));
    return await work();
  } finally {
    await file?.close();
  }
}

// Not with `w`, which would make an ordinary file where there is no such device.
function openLatency(): Promise<FileHandle | null> {
  return open(latencyFile, 'r+').catch(() => null);
}
