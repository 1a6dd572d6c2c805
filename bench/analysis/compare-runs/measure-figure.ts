/** The evidence on one figure: shift, ratio, effect and the p of its test, before the family of tests is known. */
import type { ComparedEstimate, ComparedFigure } from '../../record/comparison.ts';
import { includedValues } from '../../record/queries.ts';
import { isPart } from '../../record/result.ts';
import { isWithoutChance } from '../gates/exact.ts';
import type { RecordedResult } from '../../record/schema.ts';
import { resolutionOf } from '../resolution.ts';
import { cliffDelta, effectSize } from '../../statistics/cliff-delta.ts';
import { hodgesLehmannRatio, hodgesLehmannShift, type Estimate } from '../../statistics/hodges-lehmann.ts';
import { mannWhitney } from '../../statistics/mann-whitney.ts';
import { smallestStep } from '../../statistics/smallest-step.ts';
import { summarize } from '../../statistics/summary.ts';

/** A figure that still lacks what depends on all the others. */
export type MeasuredFigure = Omit<ComparedFigure, 'verdict' | 'detectable' | 'test'> & {
  test: Omit<NonNullable<ComparedFigure['test']>, 'pAdjusted'> | null;
  /** Standard deviation of each side; null where it has one sample only. */
  sds: { reference: number | null; run: number | null };
  /** The smallest difference that the values have shown; null where all are equal. */
  step: number | null;
};

/** @throws Error when a side has no samples */
export function measureFigure(reference: RecordedResult, run: RecordedResult): MeasuredFigure {
  const before = includedValues(reference);
  const after = includedValues(run);
  const summaries = { reference: summarize(before), run: summarize(after) };
  const shift = hodgesLehmannShift(after, before);
  const ratio = hodgesLehmannRatio(after, before);
  if ('enough' in shift) throw new Error(`${run.platform}: ${run.metric} has no samples to compare`);
  const exact = isWithoutChance(reference) && isWithoutChance(run);
  const resolution = resolutionOf(run);
  const test = exact ? null : mannWhitney(after, before);
  const delta = test?.enough ? cliffDelta(test.u, after.length, before.length) : null;
  return {
    platform: run.platform,
    metric: run.metric,
    ...(run.lens === undefined ? {} : { lens: run.lens }),
    condition: run.condition,
    unit: run.unit,
    better: run.better,
    part: isPart(run),
    exact,
    ...(resolution === null ? {} : { resolution }),
    reference: { n: before.length, median: summaries.reference.median ?? NaN },
    run: { n: after.length, median: summaries.run.median ?? NaN },
    shift: recorded(shift),
    ratio: ratio === null || 'enough' in ratio ? null : recorded(ratio),
    effect: delta === null ? null : { cliffDelta: delta, size: effectSize(delta) },
    test: test?.enough ? { method: test.method, u: test.u, p: test.p } : null,
    sds: { reference: summaries.reference.sd, run: summaries.run.sd },
    step: smallestStep([...before, ...after]),
  };
}

function recorded({ value, interval }: Estimate): ComparedEstimate {
  return interval.enough
    ? { value, ciLow: interval.low, ciHigh: interval.high, ciLevel: interval.level }
    : { value, ciLow: null, ciHigh: null, ciLevel: null };
}
