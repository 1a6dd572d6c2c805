/** What a gate makes of the samples of a self-test: many random choices of them, each judged as a check would. */
import type { ResolvedGate } from '../../scenarios/resolved.ts';
import { figureName, resultsFor } from '../analysis/gates/finding.ts';
import { changeOf, judgeSides } from '../analysis/gates/regression.ts';
import { sidesOf, type Sides } from '../analysis/gates/sides.ts';
import type { RecordedResult, RunRecord } from '../record/schema.ts';
import { ascending, quantile } from '../statistics/quantile.ts';
import { seededRandom, shuffle } from '../statistics/random.ts';
import { arms } from './self-test-arms.ts';
import type { TestedGate } from '../store/self-test-record.ts';

interface Material {
  /** The run that is tested. */
  record: RunRecord;
  /** The run of the self-test, with the arms. */
  tested: RunRecord;
  seed: number;
  /** Random choices per gate and kind. */
  trials: number;
  /** Gates that are judged together. */
  family: number;
}

/** A result for each lens and condition of the gate; those without enough samples give none. */
export function tryGate(gate: ResolvedGate, material: Material): TestedGate[] {
  const { record, tested, seed, trials, family } = material;
  const isStart = gate.metric === 'startup.ready';
  const found = resultsFor(gate, record.results, gate.platform);
  return found.flatMap((result) => {
    const values = (source: RunRecord, platform: string, over: string | null): Sides | null =>
      sidesFrom(source, result, platform, over);
    const { again, slow } = arms(gate.platform);
    const overAgain = gate.over === null ? null : arms(gate.over).again;
    const before = values(record, gate.platform, gate.over);
    const first = values(tested, gate.platform, gate.over);
    const second = values(tested, again, overAgain);
    const slowed = values(tested, slow, gate.over);
    if (!before || !first || !second || !slowed) return [];
    const pool = [...first.run, ...second.run];
    const samples = Math.min(before.run.length, Math.floor(pool.length / 2));
    const random = seededRandom(seed);
    const margin = gate.worseBy ?? 0;
    const fails = (run: number[], reference: number[]): boolean =>
      isFailed({ ...before, run, reference }, margin, family);
    let alarms = 0;
    let detected = 0;
    const floors: number[] = [];
    for (let trial = 0; trial < trials; trial += 1) {
      const drawn = shuffle(pool, random);
      const [run, reference] = [drawn.slice(0, samples), drawn.slice(samples, 2 * samples)];
      if (fails(run, reference)) alarms += 1;
      floors.push(certainChange({ ...before, run, reference }));
      const slower = Array.from({ length: samples }, () => pick(slowed.run, random));
      if (isStart && fails(slower, reference)) detected += 1;
    }
    const runs = { ...before, run: pool, reference: before.run };
    return [
      {
        gate: found.length > 1 ? `${gate.id} ${figureName(result)}` : gate.id,
        margin,
        samples,
        noiseFloor: Math.max(quantile(ascending(floors), 0.99), certainChange(runs)),
        falseAlarms: alarms / trials,
        detected: isStart ? detected / trials : null,
        betweenRuns: changeShare(runs),
      },
    ];
  });
}

/** The values of one arm, as those of a gate; null where it has none. */
function sidesFrom(
  source: RunRecord,
  like: RecordedResult,
  platform: string,
  over: string | null,
): Sides | null {
  const find = (id: string): RecordedResult | undefined =>
    source.results.find(
      (result) =>
        result.platform === id && result.metric === like.metric && figureName(result) === figureName(like),
    );
  const own = find(platform);
  const base = over === null ? null : find(over);
  if (!own || base === undefined) return null;
  const sides = sidesOf({ run: own, reference: own }, base && { run: base, reference: base });
  return sides.run.length === 0 ? null : sides;
}

function isFailed(sides: Sides, margin: number, family: number): boolean {
  const judged = judgeSides(sides, margin, 1, { id: '', expected: '' });
  const finding = 'conclude' in judged ? judged.conclude(Math.min(1, judged.p * family), family) : judged;
  return finding.verdict === 'fail';
}

/** By how much the run is worse for certain: the near end of the interval, as a share; 0 where it may be no worse. */
function certainChange(sides: Sides): number {
  if (Math.min(sides.run.length, sides.reference.length) < 6) return 0;
  const { interval } = changeOf(sides, 0.95);
  if (!interval) return 0;
  const nearest = share(sides, sides.lowerIsBetter ? interval.low : interval.high);
  return Math.max(0, sides.lowerIsBetter ? nearest : -nearest);
}

function changeShare(sides: Sides): number {
  return share(sides, changeOf(sides, 0.95).value);
}

function share({ positive, reference }: Sides, change: number): number {
  if (positive) return change - 1;
  const median = Math.abs(quantile(ascending(reference), 0.5));
  return median === 0 ? 0 : change / median;
}

function pick(values: readonly number[], random: () => number): number {
  return values[Math.floor(random() * values.length)] as number;
}
