/** The load generator against wrk by itself, on one server and in turn; and what it costs. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseWrk } from '../../../bench/prober/load/closed-loop.ts';
import { splitCpus } from '../../../bench/run/host/cpus.ts';
import { startAndWait, serverReadiness } from '../../../bench/run/instance/start.ts';
import { ascending, quantile } from '../../../bench/statistics/quantile.ts';
import { allowedCpus } from '../../../runners/machine/cpu-list.ts';
import { monotonicMs } from '../../../runners/machine/clock.ts';
import { run } from '../../../runners/machine/command.ts';
import type { BenchRow } from '../row.ts';
import { openBenchStage } from '../stage.ts';

const connections = 16;
const windowMs = 4000;
/** The most that the measure throughput offers at a fixed rate. */
const fixedRps = 4000;

export async function benchLoad(pairs: number): Promise<BenchRow[]> {
  const stage = await openBenchStage('nginx', ['process']);
  try {
    const [platform] = stage.scenario.platforms;
    if (!platform) throw new Error('the scenario has no platform');
    const { prober, run: resources } = stage.resources;
    const prepared = await stage.prepare(platform);
    const logs = join(stage.logs, 'served');
    await mkdir(logs);
    const instance = await prepared.create({ id: 'served', logs });
    try {
      const ready = serverReadiness(stage.scenario.workload.ready);
      const { signal } = stage.context;
      await startAndWait(instance, { platform, ready, prober, signal, sharesKernel: true });
      const { host, port } = instance.address;
      const path = stage.scenario.workload.loadPath;
      // On the CPUs of the prober, which starts its own there.
      const cpus = splitCpus(await allowedCpus(), 1).harness ?? (await allowedCpus());
      const byItself = async (): Promise<number> => {
        const wrk = ['wrk', '--threads', '1', '--connections', String(connections), '--latency'];
        const { stdout } = await run('nsenter', [
          ...[`--net=${resources.network.nsPath}`, '--', 'taskset', '-c', cpus.join(',')],
          ...[...wrk, '--duration', `${windowMs / 1000}s`, `http://${host}:${port}${path}`],
        ]);
        const { ok, durationMs } = parseWrk(stdout);
        return (1000 * ok) / durationMs;
      };
      const shares: number[] = [];
      const byTare = async (): Promise<number> => {
        const load = { host, port, path, connections, durationMs: windowMs };
        const { ok, durationMs, cpuMs } = await prober.saturate(load);
        shares.push((100 * cpuMs) / durationMs);
        return (1000 * ok) / durationMs;
      };
      await byItself();
      const rates = { tare: [] as number[], wrk: [] as number[] };
      for (let pair = 0; pair < pairs; pair += 1) {
        const tareFirst = pair % 2 === 0;
        if (tareFirst) rates.tare.push(await byTare());
        rates.wrk.push(await byItself());
        if (!tareFirst) rates.tare.push(await byTare());
      }
      const [before, beganAt] = [await prober.usage(), monotonicMs()];
      const fixed = await prober.load({ host, port, path, rps: fixedRps, durationMs: windowMs });
      const [after, endedAt] = [await prober.usage(), monotonicMs()];
      const median = (values: number[]): number => quantile(ascending(values), 0.5);
      return [
        row(`requests per second, wrk by itself, median of ${pairs}`, median(rates.wrk), 'rps', null),
        row(`requests per second, by Tare, median of ${pairs}`, median(rates.tare), 'rps', null),
        // 0.9 the other way round.
        row('wrk by itself over Tare', median(rates.wrk) / median(rates.tare), 'ratio', 1.11),
        row('CPU of the load generator at saturation', median(shares), '% of one core', null),
        row(
          `CPU of the load generator at ${fixedRps} requests per second`,
          (100 * (after.cpuMs - before.cpuMs)) / (endedAt - beganAt),
          '% of one core',
          80,
        ),
        row(`of these not answered well`, (100 * fixed.errors) / fixed.offered, '%', 0.1),
      ];
    } finally {
      await instance.dispose();
    }
  } finally {
    await stage.close();
  }
}

function row(name: string, value: number, unit: BenchRow['unit'], atMost: number | null): BenchRow {
  return { name: `nginx as a process: ${name}`, value, unit, atMost };
}
