/**
 * Gates: conditions with a verdict. A gate fails only if the whole interval of its figure lies beyond the bound,
 * passes only if it lies inside, and is inconclusive otherwise. A figure that does not exist fails its gate, since
 * nothing may pass by accident.
 */
import { compareResults } from './compare.ts';
import type { RecordedGate, RecordedPlatform, RecordedResult } from './record/schema.ts';
import type { ResolvedGate } from '../scenarios/resolved.ts';

export function judgeGates(
  gates: readonly ResolvedGate[],
  results: readonly RecordedResult[],
  platforms: readonly RecordedPlatform[],
  seed: number,
): RecordedGate[] {
  return gates
    .filter((gate) => gate.level !== 'off')
    .flatMap((gate) =>
      judge(gate, results, platforms, seed).map((verdict) => ({ ...verdict, level: gate.level })),
    );
}

interface Figure {
  value: number;
  low: number | null;
  high: number | null;
  unit: string;
}

function judge(
  gate: ResolvedGate,
  results: readonly RecordedResult[],
  platforms: readonly RecordedPlatform[],
  seed: number,
): Omit<RecordedGate, 'level'>[] {
  const expected = expectation(gate);
  const of = (platform: string): RecordedResult[] =>
    results.filter(
      (result) =>
        result.platform === platform &&
        result.metric === gate.metric &&
        (gate.lens === null || result.lens === gate.lens) &&
        result.summary.n > 0,
    );
  const skipped = platforms.find(
    (platform) => platform.skipped && [gate.platform, gate.over].includes(platform.id),
  );
  if (skipped) {
    const detail = `${skipped.id} was skipped: ${skipped.skipped?.reason ?? ''}`;
    return [{ id: gate.id, verdict: 'skipped', expected, found: 'no samples', detail }];
  }
  const found = of(gate.platform);
  if (found.length === 0) {
    const detail = `${gate.platform} gave no sample of ${gate.metric}`;
    return [{ id: gate.id, verdict: 'fail', expected, found: 'no samples', detail }];
  }
  return found.map((result) => {
    const id = found.length > 1 ? `${gate.id} ${conditionText(result)}` : gate.id;
    const figure = gate.over === null ? absolute(result) : ratio(result, of(gate.over), seed);
    if (!figure) {
      const detail = `${gate.over ?? gate.platform} gave no sample of ${gate.metric} to compare with`;
      return { id, verdict: 'fail' as const, expected, found: 'no samples', detail };
    }
    return { id, expected, ...verdictOn(figure, gate) };
  });
}

function verdictOn(figure: Figure, gate: ResolvedGate): Pick<RecordedGate, 'verdict' | 'found' | 'detail'> {
  const { low, high, value } = figure;
  const found = `${show(value, figure.unit)}${low === null || high === null ? '' : ` [${show(low, figure.unit)}, ${show(high, figure.unit)}]`}`;
  if (low === null || high === null) {
    return { verdict: 'inconclusive', found, detail: 'need at least 6 samples for an interval' };
  }
  const above = gate.max !== null && low > gate.max;
  const below = gate.min !== null && high < gate.min;
  if (above || below) {
    return {
      verdict: 'fail',
      found,
      detail: `the whole interval lies ${above ? 'above the maximum' : 'below the minimum'}`,
    };
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

/** Image sizes are exact: one sample says it all. */
export function isExact(result: RecordedResult): boolean {
  return result.metric.startsWith('image.') && result.metric !== 'image.marginal';
}

function absolute(result: RecordedResult): Figure | null {
  const { median, ciLow, ciHigh } = result.summary;
  if (median === null) return null;
  const exact = isExact(result);
  return { value: median, low: exact ? median : ciLow, high: exact ? median : ciHigh, unit: result.unit };
}

function ratio(result: RecordedResult, bases: readonly RecordedResult[], seed: number): Figure | null {
  const base = bases.find((other) => conditionText(other) === conditionText(result));
  const comparison = base && compareResults(result, base, seed);
  if (!comparison) return null;
  const exact = isExact(result);
  return {
    value: comparison.ratio,
    low: exact ? comparison.ratio : comparison.ciLow,
    high: exact ? comparison.ratio : comparison.ciHigh,
    unit: 'ratio',
  };
}

function conditionText(result: RecordedResult): string {
  return [result.lens, ...Object.entries(result.condition).map(([key, value]) => `${key}=${value}`)]
    .filter((part) => part !== undefined)
    .join(' ');
}

function expectation(gate: ResolvedGate): string {
  const subject = `${gate.metric} of ${gate.platform}${gate.over === null ? '' : ` over ${gate.over}`}`;
  const bounds = [gate.min === null ? '' : `>= ${gate.min}`, gate.max === null ? '' : `<= ${gate.max}`];
  return `${subject} ${bounds.filter(Boolean).join(' and ')}`;
}

function show(value: number, unit: string): string {
  return unit === 'ratio' ? value.toFixed(2) : `${Number(value.toPrecision(6))} ${unit}`;
}
