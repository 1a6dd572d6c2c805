/**
 * Kernel same-page merging as a condition: off, or on and settled. Only memory that was offered to it is merged: QEMU
 * offers its guests' (`mem-merge`), processes and containers do not. https://docs.kernel.org/admin-guide/mm/ksm.html
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { changeSetting, readSetting, restoreSetting, type SettingEntry } from './kernel-setting.ts';
import { readProcessStat, type ProcessStat } from '../process-stat.ts';
import type { Lease } from '../lease/lease.ts';

export interface KsmFigures {
  /** Pages of which there is one copy for several, and how many more would be there without it. */
  sharedBytes: number;
  savedBytes: number;
  /** Passes over all offered memory since boot. */
  fullScans: number;
  /** CPU time of the kernel's thread since boot. */
  cpuMs: number;
  /** Pages that a pass has looked at and that are offered still, merged or not. */
  offeredPages: number;
}

export interface Ksm {
  figures(): Promise<KsmFigures>;
  /**
   * Waits until merging has settled: three full passes (the first may be half done, the second only takes checksums) have
   * changed what is saved by less than a hundredth. Where nobody offers any memory the kernel makes no pass at all; then
   * there is nothing to wait for.
   * @returns the figures, and whether it settled in time
   */
  settle(timeoutMs: number, signal: AbortSignal): Promise<KsmFigures & { settled: boolean }>;
  /** Gives the machine's own state back; pages that were merged are parted by whoever writes to them next. */
  restore(): Promise<void>;
}

const folder = '/sys/kernel/mm/ksm';
const pageBytes = 4096;
/** The kernel's own hundred pages each 20 ms is 20 MB/s: half an hour for the guests of one small server. */
const pagesToScan = 4000;
const passesToSettle = 3;
const pollMs = 200;
const steadyShare = 0.01;
/** At the rate above a pass over 8 GB; who has done less in this time, and used no CPU, has nothing to do. */
const idleMs = 10_000;

/** Why this machine cannot merge pages; null when it can. */
export async function whyNoKsm(): Promise<string | null> {
  const run = await readSetting(join(folder, 'run'));
  return run === null
    ? 'the kernel was built without same-page merging (CONFIG_KSM): there is no /sys/kernel/mm/ksm'
    : null;
}

/**
 * Sets the state for as long as the run lasts; the lease gives the machine's own back, also after a kill. `off` stops
 * merging and leaves alone what others have merged already.
 * @throws Error when this kernel cannot
 */
export async function setKsm(state: 'off' | 'on', lease: Lease): Promise<Ksm> {
  const missing = await whyNoKsm();
  if (missing !== null && state === 'on') throw new Error(missing);
  const changed: SettingEntry[] = [];
  const change = async (file: string, value: string): Promise<void> => {
    const entry = await changeSetting(join(folder, file), value, lease);
    if (entry) changed.unshift(entry);
  };
  const restore = async (): Promise<void> => {
    for (const entry of changed.splice(0)) {
      await restoreSetting(entry);
      await lease.drop(entry);
    }
  };
  try {
    if (state === 'on' && Number(await readSetting(join(folder, 'pages_to_scan'))) < pagesToScan) {
      await change('pages_to_scan', String(pagesToScan));
    }
    await change('run', state === 'on' ? '1' : '0');
  } catch (error) {
    await restore().catch(() => undefined);
    throw error;
  }
  return { figures: readFigures, settle, restore };
}

async function settle(timeoutMs: number, signal: AbortSignal): Promise<KsmFigures & { settled: boolean }> {
  const deadline = performance.now() + timeoutMs;
  const first = await readFigures();
  let before = first;
  const idleAt = performance.now() + idleMs;
  for (;;) {
    await sleep(pollMs, undefined, { signal });
    const now = await readFigures();
    const isIdle = now.offeredPages === 0 && now.fullScans === first.fullScans && now.cpuMs === first.cpuMs;
    if (isIdle && performance.now() > idleAt) return { ...now, settled: true };
    const passes = now.fullScans - before.fullScans;
    const isSteady = Math.abs(now.savedBytes - before.savedBytes) <= steadyShare * now.savedBytes;
    if (passes >= passesToSettle && isSteady) return { ...now, settled: true };
    if (performance.now() > deadline) return { ...now, settled: false };
    if (passes >= passesToSettle) before = now;
  }
}

async function readFigures(): Promise<KsmFigures> {
  const figure = async (file: string): Promise<number> =>
    Number((await readSetting(join(folder, file))) ?? 0);
  const [shared, sharing, unshared, volatile, fullScans, cpuMs] = await Promise.all([
    figure('pages_shared'),
    figure('pages_sharing'),
    figure('pages_unshared'),
    figure('pages_volatile'),
    figure('full_scans'),
    ksmdCpuMs(),
  ]);
  const offeredPages = shared + sharing + unshared + volatile;
  return { sharedBytes: shared * pageBytes, savedBytes: sharing * pageBytes, fullScans, cpuMs, offeredPages };
}

/** CPU time of the thread ksmd; 0 where it is not seen. */
async function ksmdCpuMs(): Promise<number> {
  return (await ksmd())?.cpuMs ?? 0;
}

/** Kernel threads are made by process 2; null in a container, which sees none of them. */
async function ksmd(): Promise<ProcessStat | null> {
  for (const pid of await readdir('/proc')) {
    const stat = /^\d+$/.test(pid) ? await readProcessStat(Number(pid)) : null;
    if (stat?.name === 'ksmd' && stat.parent === 2) return stat;
  }
  return null;
}
