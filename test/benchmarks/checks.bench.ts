/**
 * Real checks of real runs: how many of identical sides fail, and how many of sides with an injected slowdown do not. Both sides of
 * a check are sampled in turn (tare compare --ab), then the one is checked against the other with ten minutes for more samples.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monotonicMs } from '../../runners/machine/clock.ts';
import type { RunRecord } from '../../bench/record/schema.ts';
import { writeScenario } from '../support/scenario-file.ts';
import { makeSandbox, tare, type Sandbox } from '../support/tare.ts';
import type { BenchRow } from './row.ts';

const injected = 0.15;
const margin = '5%';
const budget = '10m';

interface Checked {
  verdict: string;
  minutes: number;
}

export async function benchChecks(same: number, slower: number): Promise<BenchRow[]> {
  const box = await makeSandbox();
  try {
    await writeSide(box, 'before', 0);
    await writeSide(box, 'same', 0);
    const identical: Checked[] = [];
    for (let round = 1; round <= same; round += 1) identical.push(await check(box, 'same', `same-${round}`));
    const delayed: Checked[] = [];
    for (let round = 1; round <= slower; round += 1) {
      const first = await recordOf(box, `same-${Math.min(round, same)}`, 'a');
      await writeSide(box, 'slower', injected * medianOf(first));
      delayed.push(await check(box, 'slower', `slower-${round}`));
    }
    const count = (checked: readonly Checked[], verdict: string): number =>
      checked.filter((each) => each.verdict === verdict).length;
    const those = `${slower} checks with a slowdown of ${100 * injected} %`;
    return [
      {
        name: `${same} checks of identical sides: failed`,
        value: count(identical, 'fail'),
        unit: 'checks',
        atMost: 0,
      },
      {
        name: `${same} checks of identical sides: inconclusive`,
        value: count(identical, 'inconclusive'),
        unit: 'checks',
        atMost: null,
      },
      { name: `${those}: not found`, value: slower - count(delayed, 'fail'), unit: 'checks', atMost: 0 },
      {
        name: `${those}: the longest`,
        value: Math.max(...delayed.map(({ minutes }) => minutes)),
        unit: 'minutes',
        atMost: 10,
      },
    ];
  } finally {
    await box.remove();
  }
}

async function writeSide(box: Sandbox, name: string, delayMs: number): Promise<void> {
  await writeScenario(box.folder, name, {
    platforms: [{ id: 'runc', runner: 'oci', runtime: 'runc', 'start-delay': `${delayMs.toFixed(3)}ms` }],
    measures: { startup: { samples: 12 } },
    more: { gates: [{ metric: 'startup.ready', platform: 'runc', 'worse-by': margin }] },
  });
}

async function check(box: Sandbox, side: string, out: string): Promise<Checked> {
  const beganAt = monotonicMs();
  await expectDone(box, ['compare', '--ab', 'before.yaml', `${side}.yaml`, '--out', out]);
  const [run, against] = [join(out, 'b'), join(out, 'a')];
  const { stdout, stderr } = await tare(
    box,
    ['check', run, '--against', against, '--budget', budget, '--json'],
    {},
    1_200_000,
  );
  const [gate] = (JSON.parse(stdout || `{ "gates": [] }`) as RunRecord).gates;
  if (!gate) throw new Error(`no verdict on ${out}: ${stderr}`);
  const minutes = (monotonicMs() - beganAt) / 60_000;
  console.error(`${out}: ${gate.verdict} after ${minutes.toFixed(1)} min: ${gate.found} (${gate.detail})`);
  return { verdict: gate.verdict, minutes };
}

async function expectDone(box: Sandbox, args: readonly string[]): Promise<void> {
  const { code, stderr } = await tare(box, args);
  if (code !== 0) throw new Error(`tare ${args.join(' ')}: exit code ${code}\n${stderr}`);
}

async function recordOf(box: Sandbox, out: string, side: string): Promise<RunRecord> {
  return JSON.parse(await readFile(join(box.folder, out, side, 'run.json'), 'utf8')) as RunRecord;
}

function medianOf({ results }: RunRecord): number {
  return results.find(({ metric }) => metric === 'startup.ready')?.summary.median ?? 0;
}
