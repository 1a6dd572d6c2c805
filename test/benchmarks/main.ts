/**
 * `npm run bench [NAME…] [-- --count N --seed N]`: what Tare promises of its own speed and memory, as a table. Ratios are taken within one run.
 * Exit 1 when a figure is above its bound; the machine should be quiet.
 */
import { parseArgs } from 'node:util';
import { benchChecks } from './checks.bench.ts';
import { benchAnalysis, benchHistory } from './analysis.bench.ts';
import { benchColdBuild } from './cold-build.bench.ts';
import { benchCompletion } from './starts/completion.bench.ts';
import { benchCpuLenses } from './instruments/cpu-lenses.bench.ts';
import { benchEngineStart } from './starts/engine-start.bench.ts';
import { benchErrorRates } from './error-rates.bench.ts';
import { benchFleet, benchFleetCoverage, benchFleetOverhead } from './fleet.bench.ts';
import { benchBetweenSamples, benchHelp, benchWarmPrepare } from './harness.bench.ts';
import { benchImages } from './images.bench.ts';
import { benchInProcess } from './in-process.bench.ts';
import { benchLab } from './lab/lab.bench.ts';
import { benchRealRepeat, benchVirtualRepeat } from './lab/lab-repeat.bench.ts';
import { benchLoad } from './instruments/load.bench.ts';
import { benchIdenticalRuns, benchIdenticalSides } from './null.bench.ts';
import { benchProber, benchProberBurst } from './instruments/prober.bench.ts';
import { buildTare } from '../support/tare.ts';
import type { BenchRow } from './row.ts';
import { benchRuncStart } from './starts/runc-start.bench.ts';
import { benchScale } from './scale.bench.ts';
import { benchStopping } from './stopping.bench.ts';
import { benchWholeSample } from './step.bench.ts';
import { benchClone, benchFullDisk } from './vm.bench.ts';

const { values, positionals: names } = parseArgs({
  options: { count: { type: 'string' }, seed: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const count = values.count === undefined ? null : Number(values.count);
const seed = Number(values.seed);

const benches: Record<string, () => Promise<BenchRow[]>> = {
  help: benchHelp,
  prober: benchProber,
  'prober-burst': benchProberBurst,
  load: () => benchLoad(6),
  'cpu-lenses': () => benchCpuLenses(10),
  'completion-runc': () => benchCompletion('runc', 40),
  'completion-docker': () => benchCompletion('docker', 10),
  'runc-tiny': () => benchRuncStart('tiny', 60),
  'engine-docker': () => benchEngineStart('docker', 10),
  'engine-podman': () => benchEngineStart('podman', 10),
  'engine-lxc': () => benchEngineStart('lxc', 20),
  'engine-nspawn': () => benchEngineStart('nspawn', 20),
  'engine-gvisor': () => benchEngineStart('gvisor', 10),
  'engine-containerd': () => benchEngineStart('containerd', 10),
  'engine-runc-rootless': () => benchEngineStart('runc-rootless', 20),
  'engine-podman-rootless': () => benchEngineStart('podman-rootless', 10),
  'engine-libvirt': () => benchEngineStart('libvirt', 6),
  'full-disk': benchFullDisk,
  clone: () => benchClone(10),
  lab: benchLab,
  'lab-repeat': () => benchVirtualRepeat(10, 3),
  'lab-repeat-real': () => benchRealRepeat(10),
  'runc-tomcat': () => benchRuncStart('tomcat', 10),
  scale: () => benchScale(2500),
  'scale-300': () => benchScale(300),
  'scale-1000': () => benchScale(1000),
  between: benchBetweenSamples,
  'whole-sample': () => benchWholeSample(40),
  prepare: benchWarmPrepare,
  analysis: benchAnalysis,
  'in-process': benchInProcess,
  history: benchHistory,
  fleet: benchFleet,
  'fleet-coverage': () => benchFleetCoverage(count ?? 2000),
  'fleet-overhead': () => benchFleetOverhead(3),
  'error-rates': benchErrorRates,
  stopping: benchStopping,
  checks: () => benchChecks(20, 10),
  'ab-null': () => benchIdenticalSides(count ?? 50, seed),
  'check-null': () => benchIdenticalRuns(count ?? 100, seed),
  images: benchImages,
  build: () => benchColdBuild('tomcat', 2),
};

/** Only when they are named. */
const tooSlow = ['ab-null', 'check-null', 'fleet-coverage', 'fleet-overhead'];
const unknown = names.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`unknown benchmark ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
await buildTare();
let isAbove = false;
for (const [name, bench] of Object.entries(benches)) {
  if (names.length > 0 ? !names.includes(name) : tooSlow.includes(name)) continue;
  for (const row of await bench()) {
    // A figure that is none (NaN) keeps no bound.
    const above = row.atMost !== null && !(row.value <= row.atMost);
    isAbove ||= above;
    const bound = row.atMost === null ? '' : `  (at most ${row.atMost}${above ? ': MISSED' : ''})`;
    console.log(`${row.name.padEnd(66)} ${row.value.toPrecision(4).padStart(9)} ${row.unit}${bound}`);
  }
}
process.exitCode = isAbove ? 1 : 0;
