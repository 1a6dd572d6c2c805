/** What Tare's virtual machines cost besides their boot: a full disk over its mmdebstrap, and a clone until it answers. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ascending, quantile } from '../../bench/statistics/quantile.ts';
import { monotonicMs } from '../../runners/machine/clock.ts';
import { installDebian } from '../../runners/payload/source/debian.ts';
import { fullGuest } from '../../runners/qemu/full/guest.ts';
import { systemPackages } from '../../runners/qemu/full/system.ts';
import type { BenchRow } from './row.ts';
import { openBenchStage } from './stage.ts';

/** A whole system with its disk, from nothing but the payload. */
export async function benchFullDisk(): Promise<BenchRow[]> {
  const stage = await openBenchStage('everything', ['vm-full']);
  const folder = await mkdtemp(join(tmpdir(), 'tare-bench-'));
  try {
    const { signal, log } = stage.context;
    const [platform] = stage.scenario.platforms;
    if (!platform) throw new Error('the scenario has no platform vm-full');
    let beganAt = monotonicMs();
    await installDebian({ ...systemPackages('bookworm'), mirror: null }, join(folder, 'plain'), signal);
    const plainMs = monotonicMs() - beganAt;
    const { workload } = stage.scenario;
    const launch = { ...platform.launch, ...workload, stopSignal: 'SIGTERM' as const, logMarks: [] };
    beganAt = monotonicMs();
    const options = { firmware: 'seabios', suite: 'bookworm' } as const;
    await fullGuest(stage.payload, launch, options, { cache: join(folder, 'cache'), signal, log });
    const tareMs = monotonicMs() - beganAt;
    return [
      { name: 'mmdebstrap of the full guest alone', value: plainMs, unit: 'ms', atMost: null },
      { name: 'full disk, from nothing', value: tareMs, unit: 'ms', atMost: null },
      { name: 'full disk over its mmdebstrap', value: tareMs / plainMs, unit: 'ratio', atMost: 1.5 },
    ];
  } finally {
    await stage.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** From the start of QEMU to the first good answer. */
export async function benchClone(rounds: number): Promise<BenchRow[]> {
  const stage = await openBenchStage('tiny', ['vm-clone']);
  try {
    const [platform] = stage.scenario.platforms;
    if (!platform) throw new Error('the scenario has no platform vm-clone');
    const prepared = await stage.prepare(platform);
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const id = `clone-${round}`;
      const logs = join(stage.logs, id);
      await mkdir(logs);
      const instance = await prepared.create({ id, logs });
      try {
        const watch = await stage.resources.prober.watch(stage.target(platform, instance), 60_000);
        const beganAt = monotonicMs();
        await instance.start();
        const result = await watch.result;
        if (!result.ready) throw new Error(`${id}: ${JSON.stringify(result.notReady)}`);
        times.push(result.readiness.readyAt - beganAt);
      } finally {
        await instance.dispose();
      }
    }
    const value = quantile(ascending(times), 0.5);
    return [{ name: `clone ready, median of ${rounds}`, value, unit: 'ms', atMost: 1000 }];
  } finally {
    await stage.close();
  }
}
