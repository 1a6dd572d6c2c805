/**
 * Identical things compared for real: whatever they call different is a false alarm. `ab-null`: both sides of an A/B are one
 * scenario. `check-null`: runs of one scenario are checked against the first, every second one beside busy loops; then one
 * platform is truly slower by 20 %, which must be found. Slow, so no part of CI; `--count N` and `--seed N` say how long and which.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { start, type RunningCommand } from '../../runners/machine/command.ts';
import { machineSpeed, speedText } from '../../bench/analysis/machine-speed.ts';
import type { RunComparison } from '../../bench/record/comparison.ts';
import type { RecordedGate, RunRecord } from '../../bench/record/schema.ts';
import { writeScenario } from '../support/scenario-file.ts';
import { makeSandbox, tare, type Sandbox } from '../support/tare.ts';
import type { BenchRow } from './row.ts';

const samples = 12;
const margin = '20%';
const slowdown = 0.2;
/** Checks with that slowdown, however many there are without. */
const slower = 10;
const runs = 20 * 60_000;

/** Figures that an A/B of identical sides calls different, in percent of the A/Bs. */
export async function benchIdenticalSides(count: number, seed: number): Promise<BenchRow[]> {
  const box = await makeSandbox();
  const calls = new Map<string, number>();
  let hits = 0;
  try {
    await writeScenario(box.folder, 'x', {
      platforms: ['process', 'runc'],
      measures: { startup: { samples } },
    });
    for (let round = 0; round < count; round += 1) {
      const args = ['compare', '--ab', 'x.yaml', 'x.yaml', '--seed', String(seed + round), '--json'];
      const { figures } = (await json<RunComparison>(box, [...args, '--out', `ab-${round}`])).pairs[0] ?? {};
      const called = (figures ?? []).filter(({ verdict }) => verdict === 'better' || verdict === 'worse');
      for (const { platform, metric, shift, test } of called) {
        const name = `${metric} of ${platform}`;
        calls.set(name, (calls.get(name) ?? 0) + 1);
        console.error(`${round}: ${name}: ${shift.value.toFixed(3)} ms, adjusted p ${test?.pAdjusted ?? 1}`);
      }
      if (called.length > 0) hits += 1;
      console.error(`A/B ${round + 1} of ${count}: ${called.length} called different`);
    }
  } finally {
    await box.remove();
  }
  const percent = (hit: number): number => (100 * hit) / count;
  return [
    {
      name: `${count} A/Bs of identical sides: with any figure called different`,
      value: percent(hits),
      unit: '%',
      atMost: null,
    },
    {
      name: `${count} A/Bs of identical sides: the figure most often called different`,
      value: percent(Math.max(0, ...calls.values())),
      unit: '%',
      atMost: 5,
    },
  ];
}

/** Checks against one reference run. */
export async function benchIdenticalRuns(count: number, seed: number): Promise<BenchRow[]> {
  const box = await makeSandbox();
  const failed = { alone: 0, beside: 0 };
  let explained = 0;
  let found = 0;
  try {
    await writeSide(box, 'same', 0);
    const first = await runOf(box, 'same', 'reference', seed);
    const median = first.results.find(
      ({ platform, metric }) => platform === 'runc' && metric === 'startup.ready',
    )?.summary.median;
    for (let round = 1; round <= count; round += 1) {
      const where = round % 2 === 0 ? 'beside' : 'alone';
      const gates = await checked(box, { side: 'same', out: `same-${round}`, seed: seed + round }, where);
      if (gates.some(({ verdict }) => verdict === 'fail')) failed[where] += 1;
      if (gates.some(({ detail }) => detail.startsWith('the machine '))) explained += 1;
    }
    await writeSide(box, 'slower', slowdown * (median ?? 0));
    for (let round = 1; round <= slower; round += 1) {
      const at = { side: 'slower', out: `slower-${round}`, seed: seed + count + round };
      const gates = await checked(box, at, 'alone');
      if (gates.some(({ verdict }) => verdict === 'fail')) found += 1;
    }
  } finally {
    await box.remove();
  }
  const row = (name: string, value: number, atMost: number | null): BenchRow => ({
    name,
    value,
    unit: 'checks',
    atMost,
  });
  return [
    row(
      `${count} identical checks: failed`,
      failed.alone + failed.beside,
      Math.max(1, Math.floor(count / 100)),
    ),
    row(`${Math.floor(count / 2)} of them beside busy loops: failed`, failed.beside, null),
    row(`${count} identical checks: a gate left open because of the machine`, explained, null),
    row(`${slower} checks with a slowdown of ${100 * slowdown} % in runc: not found`, slower - found, 0),
  ];
}

interface Checked {
  side: string;
  out: string;
  seed: number;
}

async function checked(
  box: Sandbox,
  { side, out, seed }: Checked,
  where: 'alone' | 'beside',
): Promise<RecordedGate[]> {
  const loops = where === 'beside' ? busyLoops() : [];
  try {
    const record = await runOf(box, side, out, seed);
    const { gates } = await json<RunRecord>(box, ['check', out, '--against', 'reference', '--json']);
    const reference = await recordOf(box, 'reference');
    const speed = machineSpeed(reference, record);
    console.error(`${out} (${where}): machine ${speed ? speedText(speed) : 'unknown'}`);
    for (const gate of gates) {
      console.error(`  ${gate.verdict} ${gate.id}: ${gate.found} (${gate.detail})`);
    }
    return gates;
  } finally {
    for (const loop of loops) loop.kill('SIGKILL');
    await Promise.all(loops.map(({ gone }) => gone));
  }
}

/** One for each CPU that a machine of two has. */
function busyLoops(): RunningCommand[] {
  return [1, 2].map(() => start('sh', ['-c', 'while :; do :; done']));
}

async function writeSide(box: Sandbox, name: string, delayMs: number): Promise<void> {
  await writeScenario(box.folder, name, {
    platforms: [
      'process',
      { id: 'runc', runner: 'oci', runtime: 'runc', 'start-delay': `${delayMs.toFixed(3)}ms` },
    ],
    measures: { startup: { samples } },
    more: {
      gates: [
        { metric: 'startup.ready', platform: 'process', 'worse-by': margin },
        { metric: 'startup.ready', platform: 'runc', 'worse-by': '5%' },
        { metric: 'startup.ready', platform: 'runc', over: 'process', 'worse-by': '5%' },
      ],
    },
  });
}

async function runOf(box: Sandbox, side: string, out: string, seed: number): Promise<RunRecord> {
  const args = ['run', `${side}.yaml`, '--out', out, '--seed', String(seed), '--quiet'];
  const { code, stderr } = await tare(box, args, {}, runs);
  if (code !== 0) throw new Error(`tare ${args.join(' ')}: exit code ${code}\n${stderr}`);
  return await recordOf(box, out);
}

async function recordOf(box: Sandbox, out: string): Promise<RunRecord> {
  return JSON.parse(await readFile(join(box.folder, out, 'run.json'), 'utf8')) as RunRecord;
}

async function json<T>(box: Sandbox, args: readonly string[]): Promise<T> {
  const { stdout, stderr } = await tare(box, args, {}, runs);
  if (stdout === '') throw new Error(`tare ${args.join(' ')}: ${stderr}`);
  return JSON.parse(stdout) as T;
}
