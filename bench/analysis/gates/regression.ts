/**
 * A figure against the same figure of a reference run: worse by more than the margin? The reference is made worse by
 * exactly the margin, and the Mann–Whitney test asks on which side of that the run lies. The interval shown is the
 * Hodges–Lehmann interval that belongs to this test, so that both say the same.
 */
import type { RecordedPlatform, RecordedResult } from '../../record/schema.ts';
import type { ResolvedGate } from '../../../scenarios/resolved.ts';
import { hodgesLehmannRatio, hodgesLehmannShift } from '../../statistics/hodges-lehmann.ts';
import { mannWhitney } from '../../statistics/mann-whitney.ts';
import { summarize } from '../../statistics/summary.ts';
import { isObservedOnce, isVirtual, isWithoutChance, virtualNoise, virtualNoiseFloor } from './exact.ts';
import { speedText, type MachineSpeed } from '../machine-speed.ts';
import { figureName, resultsFor, type GateFinding } from './finding.ts';
import { blurred, perceptible, plainChange, regressionText, type Change } from './regression-wording.ts';
import { sidesOf, type Sides } from './sides.ts';

export interface ReferenceEvidence {
  /** Id of the reference run. */
  id: string;
  results: readonly RecordedResult[];
  platforms: readonly RecordedPlatform[];
  /** How often the gates may be judged while samples are added; the chance of an error is shared out among the looks. */
  looks: number;
  /** Whether the machine itself is another now; null: unknown. */
  machine: MachineSpeed | null;
}

/** A gate whose verdict needs the p values of the others: they are one family. */
export interface Regression {
  /** Two-sided. */
  p: number;
  conclude(pAdjusted: number, family: number): GateFinding;
}

/** Chance of a wrong verdict, two-sided: half of it for calling a run worse that is not. */
const alpha = 0.05;
/** The fewest values a side for an interval at 95 %. */
export const fewestValues = 6;

type Head = Pick<GateFinding, 'id' | 'expected'>;

export function measureRegression(
  gate: ResolvedGate,
  result: RecordedResult,
  results: readonly RecordedResult[],
  reference: ReferenceEvidence,
  head: Head,
): GateFinding | Regression {
  const margin = gate.worseBy ?? 0;
  const missing = (platform: string, where: string): GateFinding => ({
    ...head,
    verdict: 'fail',
    found: 'no samples',
    detail: `${platform} has no sample of ${gate.metric} in ${where}`,
  });
  const same = (list: readonly RecordedResult[], platform: string): RecordedResult | undefined =>
    resultsFor(gate, list, platform).find((other) => figureName(other) === figureName(result));
  const before = same(reference.results, gate.platform);
  if (!before) return missing(gate.platform, `the reference ${reference.id}; --update makes a new one`);
  const over = gate.over === null ? null : same(results, gate.over);
  const overBefore = gate.over === null ? null : same(reference.results, gate.over);
  if (over === undefined) return missing(gate.over ?? '', 'this run');
  if (overBefore === undefined) return missing(gate.over ?? '', `the reference ${reference.id}`);
  const sides = sidesOf(
    { run: result, reference: before },
    over && overBefore && { run: over, reference: overBefore },
  );
  const involved = [result, before, over, overBefore].filter((each) => each !== null);
  if (involved.every(isWithoutChance)) return { ...head, ...plainChange(sides, margin, { basis: 'exact' }) };
  if (involved.every(isObservedOnce)) {
    const basis = 'one observation each, judged as it stands';
    return { ...head, ...plainChange(sides, margin, { basis }) };
  }
  if (isVirtual(result)) {
    const floorOf = (each: RecordedResult): number => virtualNoiseFloor(each, reference.platforms);
    const floor = floorOf(before) + (overBefore ? floorOf(overBefore) : 0);
    const virtual = { basis: 'virtual time', noiseFloor: virtualNoise(sides, floor) };
    return { ...head, ...plainChange(sides, margin, isUnchanged(sides) ? { basis: 'exact' } : virtual) };
  }
  return judgeSides(sides, margin, reference.looks, head, isBoundToMachine(sides) ? reference.machine : null);
}

/** Equal runs in virtual time are equal to the last digit. */
function isUnchanged({ run, reference }: Sides): boolean {
  return run.length === reference.length && run.every((value, index) => value === reference[index]);
}

/** A ratio inside a run meets the machine on both sides, and bytes do not depend on it. */
function isBoundToMachine({ unit }: Sides): boolean {
  return unit === 'ms' || unit === 'rps';
}

/**
 * Judges values alone.
 *
 * @param looks how often they may be judged in all
 * @param machine how its speed has moved; null: not known, or of no matter
 */
export function judgeSides(
  sides: Sides,
  margin: number,
  looks: number,
  head: Head,
  machine: MachineSpeed | null = null,
): GateFinding | Regression {
  const { run, reference, lowerIsBetter } = sides;
  const fewest = Math.min(run.length, reference.length);
  if (fewest < fewestValues) {
    const detail = `need at least ${fewestValues} samples on each side (${run.length} here, ${reference.length} in the reference)`;
    return { ...head, verdict: 'inconclusive', found: `${fewest} samples`, detail };
  }
  // Exactly at the margin the test would find all values equal, and call that too little evidence for ever.
  if (new Set(run).size === 1 && new Set(reference).size === 1) {
    return { ...head, ...plainChange(sides, margin, { basis: 'no side scatters' }) };
  }
  const level = alpha / looks;
  const test = mannWhitney(run, atMargin(sides, margin));
  if (!test.enough) throw new Error('a side with too few values got past the check for it');
  const above = test.u > (run.length * reference.length) / 2;
  const change = changeOf(sides, 1 - level);
  return {
    p: test.p,
    conclude(pAdjusted, family) {
      const beyond = above === lowerIsBetter;
      const isBlurred = beyond && !isResolved(sides);
      const isSure = (beyond ? pAdjusted : test.p) < level && !isBlurred;
      const verdict = isSure ? (beyond ? 'fail' : 'pass') : 'inconclusive';
      const aloneOnly = beyond && test.p < level && verdict !== 'fail';
      const sees = perceptible(sides, margin, level / family);
      const text = regressionText({
        sides,
        change,
        margin,
        verdict,
        p: test.p,
        pAdjusted,
        family,
        looks,
        aloneOnly: aloneOnly && !isBlurred,
        sees,
      });
      if (
        machine &&
        verdict !== 'inconclusive' &&
        isExplained({ sides, margin, level: level / family, machine }, verdict)
      ) {
        const detail = `the machine ${machine.moved === 'same' ? 'may have been' : 'was'} ${speedText(machine)}; gate on a ratio with \`over\`, or compare on an equal machine`;
        return { ...head, verdict: 'inconclusive', found: text.found, detail };
      }
      if (isBlurred) return { ...head, verdict, found: text.found, detail: blurred(sides) };
      return { ...head, verdict, ...text };
    },
  };
}

/** From there on nobody knows what a start makes of it: it may suffer more than the canary did, or less. */
const materialMove = 0.1;

/**
 * Whether the verdict may be the machine's doing. Where it has become slower, that concerns failing; where faster, passing.
 * Anything smaller is allowed for as soon as it is likely: the verdict must hold against a reference that the machine has moved as far as
 * the canary's interval reaches. A large move leaves the gate open.
 */
function isExplained(
  judged: { sides: Sides; margin: number; level: number; machine: MachineSpeed },
  verdict: 'fail' | 'pass',
): boolean {
  const { sides, margin, level, machine } = judged;
  if (machine.likely !== (verdict === 'fail' ? 'slower' : 'faster')) return false;
  if (machine.moved !== 'same' && Math.abs(machine.ratio - 1) >= materialMove) return true;
  const far = verdict === 'fail' ? machine.high : machine.low;
  const moved = (1 + margin) * far - 1;
  const test = mannWhitney(sides.run, atMargin(sides, moved));
  if (!test.enough) return true;
  const above = test.u > (sides.run.length * sides.reference.length) / 2;
  const isBeyond = above === sides.lowerIsBetter;
  return test.p >= level || isBeyond !== (verdict === 'fail');
}

function isResolved({ run, reference, resolution }: Sides): boolean {
  if (resolution === null) return true;
  const [now, before] = [summarize(run).median ?? 0, summarize(reference).median ?? 0];
  return Math.abs(now - before) >= resolution;
}

/** The reference, made worse by the margin: in proportion, or by a share of its median where a value is not positive. */
function atMargin({ reference, lowerIsBetter, positive }: Sides, margin: number): number[] {
  const sign = lowerIsBetter ? 1 : -1;
  if (positive) return reference.map((value) => value * (1 + sign * margin));
  const offset = sign * margin * Math.abs(summarize(reference).median ?? 0);
  return reference.map((value) => value + offset);
}

/** By how much the run differs from the reference, with an interval of that level. */
export function changeOf({ run, reference, positive }: Sides, level: number): Change {
  const estimate = positive
    ? hodgesLehmannRatio(run, reference, level)
    : hodgesLehmannShift(run, reference, level);
  if (estimate === null || 'enough' in estimate) throw new Error('a change without values');
  const { value, interval } = estimate;
  return {
    kind: positive ? 'ratio' : 'shift',
    value,
    interval: interval.enough ? { low: interval.low, high: interval.high, level } : null,
  };
}
