/** A whole sample, from one start to the next, against hyperfine around a shell script of the same steps. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ascending, quantile } from '../../bench/statistics/quantile.ts';
import { assetFile } from '../../runners/machine/asset.ts';
import { run } from '../../runners/machine/command.ts';
import { makeSandbox } from '../support/tare.ts';
import { runBlocks } from './blocks.ts';
import type { BenchRow } from './row.ts';
import { layPlainLoop, plainScripts } from './scale.bench.ts';
import { openBenchStage } from './stage.ts';

/** @param samples of each side; Tare's are taken half before and half after the script's */
export async function benchWholeSample(samples: number): Promise<BenchRow[]> {
  const before = await sampleTimes(samples / 2);
  const script = await scriptMs(samples);
  const after = await sampleTimes(samples / 2);
  const tare = quantile(ascending([...before, ...after]), 0.5);
  const row = (name: string, value: number, unit: BenchRow['unit'], atMost: number | null): BenchRow => ({
    name: `whole sample of runc tiny, ${name}`,
    ...{ value, unit, atMost },
  });
  return [
    row(`by Tare, median of ${before.length + after.length}`, tare, 'ms', null),
    row(`by hyperfine and a script, median of ${samples}`, script, 'ms', null),
    row('Tare over the script', tare / script, 'ratio', 1.2),
  ];
}

/** Milliseconds from each start to the next of its block. */
async function sampleTimes(samples: number): Promise<number[]> {
  const box = await makeSandbox();
  try {
    const runc = { runner: 'oci', runtime: 'runc', limits: { cpus: 1, memory: '128MiB' } };
    const { pairs } = await runBlocks(box, 'samples', runc, samples);
    return pairs.map(({ marks, next }) => (next['spawned'] ?? NaN) - (marks['spawned'] ?? NaN));
  } finally {
    await box.remove();
  }
}

/** Median in milliseconds: network, layer, `runc run`, requests until one is answered, kill, and everything removed. */
async function scriptMs(runs: number): Promise<number> {
  const stage = await openBenchStage('tiny', ['runc']);
  try {
    const [platform] = stage.scenario.platforms;
    if (!platform) throw new Error('the scenario has no platform runc');
    const folder = await layPlainLoop(stage, platform, 1);
    const { namespace } = stage.resources.run.network;
    const [one, remove] = plainScripts.map(assetFile);
    const { root } = stage.payload;
    const steps = [
      `PAUSE=0.001 sh ${one} ${namespace} ${folder} ${root} ${stage.scenario.workload.port} 2`,
      `sh ${remove} ${namespace} ${folder} 2`,
    ];
    const result = join(folder, 'hyperfine.json');
    const options = ['--shell=none', '--warmup', '3', '--runs', String(runs), '--export-json', result];
    await run('hyperfine', [...options, `sh -c '${steps.join(' && ')}'`]);
    const { results } = JSON.parse(await readFile(result, 'utf8')) as { results: { median: number }[] };
    return 1000 * (results[0]?.median ?? NaN);
  } finally {
    await stage.close();
  }
}
