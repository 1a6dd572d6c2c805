/** Every platform's figures against the baseline platform's, as ratio and difference of medians. */
import { ratioOfMedians } from '../statistics/ratio.ts';
import { includedValues, sameCondition } from '../record/queries.ts';
import { isUnfair } from './fairness/find-unfairness.ts';
import { isPart } from '../record/result.ts';
import type { RecordedComparison, RecordedFinding, RecordedResult } from '../record/schema.ts';

/**
 * A comparison across a fairness error is left out. So are parts: platforms do not share their phases, and the ratio of what
 * nobody claims means nothing. Nor is there a ratio of yes and no.
 */
export function compareWithBaseline(
  results: readonly RecordedResult[],
  baseline: string,
  findings: readonly RecordedFinding[],
  seed: number,
): RecordedComparison[] {
  return results.flatMap((result) => {
    if (result.platform === baseline || isPart(result) || result.unit === 'yes-no') return [];
    if (isUnfair(findings, result.platform, baseline)) return [];
    const base = results.find((other) => other.platform === baseline && isSameFigure(other, result));
    const comparison = base && compareResults(result, base, seed);
    return comparison ? [comparison] : [];
  });
}

/** Null where a side has no samples or the other side's median is zero. */
export function compareResults(
  result: RecordedResult,
  base: RecordedResult,
  seed: number,
): RecordedComparison | null {
  const a = includedValues(result);
  const b = includedValues(base);
  const { median } = result.summary;
  const against = base.summary.median;
  if (median === null || against === null || against === 0) return null;
  const { ratio, ciLow, ciHigh } = ratioOfMedians(a, b, seed);
  return {
    metric: result.metric,
    ...(result.lens === undefined ? {} : { lens: result.lens }),
    condition: result.condition,
    platform: result.platform,
    against: base.platform,
    ratio,
    ciLow,
    ciHigh,
    difference: median - against,
  };
}

/** Whether two results observe the same metric by the same lens under the same condition. */
export function isSameFigure(a: RecordedResult, b: RecordedResult): boolean {
  return a.metric === b.metric && a.lens === b.lens && sameCondition(a.condition, b.condition);
}
