/** A figure against bounds that are written down: its own, or as a ratio to another platform of the same run. */
import { compareResults } from '../baseline.ts';
import type { RecordedGate, RecordedResult } from '../../record/schema.ts';
import type { ResolvedGate } from '../../../scenarios/resolved.ts';
import { figure } from '../../record/figures.ts';
import { isObservedOnce, isVirtual, isWithoutChance } from './exact.ts';
import { figureName, resultsFor } from './finding.ts';

type Outcome = Pick<RecordedGate, 'verdict' | 'found' | 'detail'>;

export function judgeBounds(
  gate: ResolvedGate,
  result: RecordedResult,
  { results, seed }: { results: readonly RecordedResult[]; seed: number },
): Outcome {
  if (gate.over === null) {
    if (isVirtual(result)) return inVirtualTime;
    return outcome(absolute(result), gate);
  }
  const bases = resultsFor(gate, results, gate.over);
  const base = bases.find((other) => figureName(other) === figureName(result));
  const comparison = base && compareResults(result, base, seed);
  if (comparison) return outcome(ratio(comparison, standsAlone(result)), gate);
  const detail = base
    ? `the median of ${gate.over} is zero, and there is no ratio to zero`
    : `${gate.over} gave no sample of ${gate.metric} to compare with`;
  return { verdict: 'fail', found: base ? 'no ratio' : 'no samples', detail };
}

/** A bound is written in real time. */
const inVirtualTime: Outcome = {
  verdict: 'skipped',
  found: 'virtual time',
  detail: 'virtual time is never held against real time; use `over` or `worse-by`',
};

interface Figure {
  value: number;
  low: number | null;
  high: number | null;
  unit: string;
}

function absolute(result: RecordedResult): Figure {
  const { median, ciLow, ciHigh } = result.summary;
  if (median === null) throw new Error(`${result.platform}: ${result.metric} has no samples`);
  const exact = standsAlone(result);
  return { value: median, low: exact ? median : ciLow, high: exact ? median : ciHigh, unit: result.unit };
}

function ratio(
  comparison: { ratio: number; ciLow: number | null; ciHigh: number | null },
  exact: boolean,
): Figure {
  const { ratio: value, ciLow, ciHigh } = comparison;
  return { value, low: exact ? value : ciLow, high: exact ? value : ciHigh, unit: 'ratio' };
}

function outcome({ value, low, high, unit }: Figure, gate: ResolvedGate): Outcome {
  if (low === null || high === null) {
    const detail = 'need at least 6 samples for an interval';
    return { verdict: 'inconclusive', found: show(value, unit), detail };
  }
  const found = `${show(value, unit)} [${show(low, unit)}, ${show(high, unit)}]`;
  const above = gate.max !== null && low > gate.max;
  const below = gate.min !== null && high < gate.min;
  if (above || below) {
    const detail = `the whole interval lies ${above ? 'above the maximum' : 'below the minimum'}`;
    return { verdict: 'fail', found, detail };
  }
  const inside = (gate.max === null || high <= gate.max) && (gate.min === null || low >= gate.min);
  return inside
    ? { verdict: 'pass', found, detail: 'the whole interval lies inside the bounds' }
    : {
        verdict: 'inconclusive',
        found,
        detail: 'the interval reaches across a bound: more samples would tell',
      };
}

function show(value: number, unit: string): string {
  if (unit === 'share' || unit === 'yes-no') return figure(value, unit);
  return unit === 'ratio' ? value.toFixed(2) : `${Number(value.toPrecision(6))} ${unit}`;
}

/** A bound takes these figures as they are: exact ones, those in virtual time, and those of which a run has one observation. */
function standsAlone(result: RecordedResult): boolean {
  return isWithoutChance(result) || isVirtual(result) || isObservedOnce(result);
}
