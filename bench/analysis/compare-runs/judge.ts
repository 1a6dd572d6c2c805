/** Verdicts on a family of figures: what stands out among so many tests, and what could not have been seen at all. */
import type { ComparedFigure } from '../../record/comparison.ts';
import { detectableShift } from '../../statistics/detectable.ts';
import { holm } from '../../statistics/holm.ts';
import { smallestP } from '../../statistics/mann-whitney.ts';
import type { MeasuredFigure } from './measure-figure.ts';

/** Chance of one false alarm or more in a family. */
export const alpha = 0.05;

/** Judges figures that are one family; the answers are in their order. */
export function judgeFamily(family: readonly MeasuredFigure[]): ComparedFigure[] {
  const adjusted = holm(family.flatMap(({ test }) => (test ? [test.p] : [])));
  const tests = adjusted.length;
  return family.map(({ sds, step, ...figure }) => {
    const pAdjusted = figure.test ? adjusted.shift() : undefined;
    const test = figure.test && pAdjusted !== undefined ? { ...figure.test, pAdjusted } : null;
    return {
      ...figure,
      test,
      detectable: test ? detectable(figure, { sds, step }, tests) : null,
      verdict: verdict({ ...figure, step }, test, tests),
    };
  });
}

function verdict(
  { exact, shift, better, reference, run, step, resolution = 0 }: Omit<MeasuredFigure, 'sds'>,
  test: ComparedFigure['test'],
  tests: number,
): ComparedFigure['verdict'] {
  const direction = shift.value < 0 === (better === 'lower') ? 'better' : 'worse';
  if (exact) return shift.value === 0 ? 'same' : direction;
  if (step === null) return 'same';
  if (!test) return 'too-few';
  const isResolved = Math.abs(shift.value) >= resolution;
  if (test.pAdjusted < alpha && isResolved) return direction;
  if (smallestP(run.n, reference.n) * tests > alpha) return 'too-few';
  return test.p < alpha && isResolved ? 'hint' : 'none-seen';
}

/** At the level that Holm's first step leaves to each test. */
function detectable(
  { reference, run, ratio, resolution = 0 }: Omit<MeasuredFigure, 'sds' | 'step'>,
  { sds, step }: Pick<MeasuredFigure, 'sds' | 'step'>,
  tests: number,
): ComparedFigure['detectable'] {
  if (sds.reference === null || sds.run === null || step === null) return null;
  const sides = [
    { sd: sds.reference, n: reference.n },
    { sd: sds.run, n: run.n },
  ];
  // What a clock shows in steps cannot differ by less than one.
  const shift = Math.max(step, resolution, detectableShift(sides, alpha / tests));
  return { shift, ratio: ratio === null ? null : shift / reference.median };
}
