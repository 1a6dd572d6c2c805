/**
 * How well what is measured in a lab repeats, with the machine left alone and beside an endless loop on every CPU: in
 * virtual time over whole runs; in real time, where virtual machines can be measured too, over the samples of one.
 */
import { availableParallelism } from 'node:os';
import { ascending, quantile } from '../../../bench/statistics/quantile.ts';
import { start } from '../../../runners/machine/command.ts';
import { openLabStage, summaryOf, type LabRun } from './lab-stage.ts';
import type { BenchRow } from '../row.ts';

type Circumstance = 'idle' | 'loaded';

/** By how much the median of a run may differ from that of all equal runs. */
const mostPercent = { boot: 0.5, process: 0.5, crun: 1, runc: 2 };

/** @param runs every second one is beside the loops */
export async function benchVirtualRepeat(runs: number, samples: number): Promise<BenchRow[]> {
  const platforms = ['process', 'crun', 'runc'] as const;
  const stage = await openLabStage();
  try {
    const scenario = stage.scenario('tiny', { platforms, measures: [], samples });
    const done = await inBoth(runs, () => stage.run(scenario, 'virtual'));
    return [
      ...rowsOfRuns('boot of the lab, until Tare runs in it', done, (run) => run.uptimeMs, mostPercent.boot),
      ...platforms.flatMap((platform) => {
        const ready = ({ record }: LabRun): number =>
          summaryOf(record, platform, 'startup.ready').median ?? NaN;
        return rowsOfRuns(`tiny, ${platform}`, done, ready, mostPercent[platform]);
      }),
    ];
  } finally {
    await stage.close();
  }
}

/** For information: nobody promises that real time repeats. */
export async function benchRealRepeat(samples: number): Promise<BenchRow[]> {
  const platforms = ['process', 'runc', 'vm'];
  const stage = await openLabStage();
  try {
    const scenario = stage.scenario('tiny', { platforms, measures: ['startup'], samples });
    const done = await inBoth(2, () => stage.run(scenario, 'real'));
    return done.flatMap(({ circumstance, run }) => [
      { name: `real time, ${circumstance}: labs that hung`, value: run.hangs, unit: 'hangs', atMost: null },
      ...platforms.flatMap((platform): BenchRow[] => {
        const { n, median, mean, sd } = summaryOf(run.record, platform, 'startup.ready');
        const name = `real time, ${circumstance}, tiny, ${platform}`;
        return [
          { name: `${name}, median of ${n}`, value: median ?? NaN, unit: 'ms', atMost: null },
          {
            name: `${name}, sd over mean`,
            value: (100 * (sd ?? NaN)) / (mean ?? NaN),
            unit: '%',
            atMost: null,
          },
        ];
      }),
    ]);
  } finally {
    await stage.close();
  }
}

interface Done {
  circumstance: Circumstance;
  run: LabRun;
}

async function inBoth(runs: number, body: () => Promise<LabRun>): Promise<Done[]> {
  const done: Done[] = [];
  for (let n = 0; n < runs; n += 1) {
    const circumstance = n % 2 === 0 ? 'idle' : 'loaded';
    done.push({ circumstance, run: circumstance === 'idle' ? await body() : await besideLoops(body) });
  }
  return done;
}

async function besideLoops<T>(body: () => Promise<T>): Promise<T> {
  const endless = ['--pdeathsig', 'KILL', process.execPath, '--eval', 'for (;;);'];
  const loops = Array.from({ length: availableParallelism() }, () => start('setpriv', endless));
  try {
    return await body();
  } finally {
    for (const loop of loops) loop.kill('SIGKILL');
    await Promise.all(loops.map(({ gone }) => gone));
  }
}

function rowsOfRuns(name: string, done: Done[], figure: (run: LabRun) => number, atMost: number): BenchRow[] {
  const values = done.map(({ run }) => figure(run));
  const median = quantile(ascending(values), 0.5);
  const medians = (['idle', 'loaded'] as const).map((circumstance): BenchRow => {
    const of = done.filter((each) => each.circumstance === circumstance).map(({ run }) => figure(run));
    const value = quantile(ascending(of), 0.5);
    return {
      name: `${name}, ${circumstance}, median of ${of.length} runs`,
      value,
      unit: 'virtual ms',
      atMost: null,
    };
  });
  const farthest = Math.max(...values.map((value) => Math.abs(value / median - 1)));
  return [
    ...medians,
    { name: `${name}, the run farthest from their median`, value: 100 * farthest, unit: '%', atMost },
  ];
}
