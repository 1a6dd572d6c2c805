/** A second of spinning in an instance, by the lenses that count for the whole machine: on a quiet one it is a second there, too. */
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuLenses, readCpu } from '../../../bench/measures/throughput/cpu-lenses.ts';
import { ascending, quantile } from '../../../bench/statistics/quantile.ts';
import { monotonicMs } from '../../../runners/machine/clock.ts';
import { requireProgram } from '../../../runners/machine/programs.ts';
import { createLauncher } from '../../../runners/shared/launch.ts';
import { spin } from '../../support/spinner.ts';
import type { BenchRow } from '../row.ts';
import { openBenchStage } from '../stage.ts';

const restMs = 2000;

export async function benchCpuLenses(rounds: number): Promise<BenchRow[]> {
  const stage = await openBenchStage('tiny', ['process']);
  try {
    const perl = await requireProgram('perl');
    const cgroup = await stage.resources.run.cgroup.child('spin');
    const launcher = await createLauncher(cgroup.joinFiles());
    const off: Record<string, number[]> = { instance: [], machine: [] };
    for (let round = 0; round < rounds; round += 1) {
      const atRest = await readCpu(cgroup);
      const restAt = monotonicMs();
      await sleep(restMs);
      const from = await readCpu(cgroup);
      const beganAt = monotonicMs();
      const restShare = (from.machine - atRest.machine) / (beganAt - restAt);
      const spun = await spin(launcher.program, [...launcher.args, perl]);
      const to = await readCpu(cgroup);
      const lenses = cpuLenses({ from, to, durationMs: monotonicMs() - beganAt, restShare, harnessMs: 0 });
      // Perl's own start is in every lens.
      const counted = await spun.countedMs();
      for (const [lens, values] of Object.entries(off))
        values.push(100 * ((lenses[lens] ?? NaN) / counted - 1));
      await spun.end();
    }
    await cgroup.remove();
    return Object.entries(off).map(([lens, values]) => ({
      name: `a second of spinning in the lens ${lens}, off by, median of ${rounds}`,
      value: Math.abs(quantile(ascending(values), 0.5)),
      unit: '%',
      atMost: 1,
    }));
  } finally {
    await stage.close();
  }
}
