/** Figures of a record as evidence: a value with its ends, and whether it may be judged. */
import { figure, isTime, range, type Unit } from '../../record/figures.ts';
import { findResult, forbiddingFinding, includedValues, ranPlatforms } from '../../record/queries.ts';
import type { RecordedPlatform, RecordedResult, RecordedSummary, RunRecord } from '../../record/schema.ts';
import { ratioOfMedians } from '../../statistics/ratio.ts';
import { summarize } from '../../statistics/summary.ts';

export interface Evidence {
  record: RunRecord;
  platform: RecordedPlatform;
  metric: string;
  lens?: string;
  condition: RecordedResult['condition'];
  /** The platform that the value is a multiple of; null: it stands for itself. */
  against: string | null;
  unit: Unit;
  value: number;
  /** Ends of the interval; without one the smallest and the largest sample. */
  low: number;
  high: number;
  level: number | null;
  /** Samples on the smaller side. */
  n: number;
  /** Repeating it could not change it. */
  isExact: boolean;
  /** false: shown and never judged. */
  isJudged: boolean;
  /** What tells it from others of its platform, such as the path of an overhead. */
  label?: string;
  /** The value is only a bound, and the end beyond it is open: Infinity at least, 0 at most. */
  bound?: 'at least' | 'at most';
}

/** Fewer samples say nothing about a figure that varies. */
const fewestSamples = 3;

/** Of chance alone a figure that varies has too few samples. */
export function isTooFew({ n, isExact }: Evidence): boolean {
  return !isExact && n < fewestSamples;
}

/** Whether times of a platform are those of hardware: software emulation is 10 to 20 times slower, by a factor that varies. */
export function isTimed({ lab }: RunRecord, { accel }: RecordedPlatform): boolean {
  return accel !== 'tcg' && lab?.accel !== 'tcg';
}

/** Null where no sample counts. */
export function evidenceOf(record: RunRecord, result: RecordedResult): Evidence | null {
  const { metric, lens, condition, unit, platform: id } = result;
  const platform = record.platforms.find((each) => each.id === id);
  const ends = endsOf(result.summary);
  if (!platform || !ends) return null;
  return {
    ...{ record, platform, metric, condition, against: null, unit, ...ends },
    ...(lens === undefined ? {} : { lens }),
    isExact: (result.isExact ?? result.isSingle) === true,
    isJudged: !(isTime(unit) || unit === 'rps') || isTimed(record, platform),
  };
}

/** The same figure with other values, made of those that were measured. */
export function withValues(evidence: Evidence, values: readonly number[]): Evidence {
  return { ...evidence, ...endsOf(summarize(values)) };
}

function endsOf(summary: RecordedSummary): Pick<Evidence, 'value' | 'low' | 'high' | 'level' | 'n'> | null {
  const { median, ciLow, ciHigh, ciLevel, min, max, n } = summary;
  if (median === null || min === null || max === null) return null;
  const hasInterval = ciLow !== null && ciHigh !== null;
  return {
    value: median,
    low: hasInterval ? ciLow : min,
    high: hasInterval ? ciHigh : max,
    level: hasInterval ? ciLevel : null,
    n,
  };
}

/** What a platform of a record has of a metric; null: nothing. */
function lookUp(
  record: RunRecord,
  platform: RecordedPlatform,
  metric: string,
  condition: RecordedResult['condition'] = {},
): Evidence | null {
  const result = findResult(record, platform.id, metric, condition);
  return result ? evidenceOf(record, result) : null;
}

/** The same of every platform that is chosen and was run. */
export function lookUpAll(
  record: RunRecord,
  isChosen: (platform: RecordedPlatform) => boolean,
  metric: string,
  condition: RecordedResult['condition'] = {},
): Evidence[] {
  return ranPlatforms(record).flatMap((platform) => {
    const found = isChosen(platform) ? lookUp(record, platform, metric, condition) : null;
    return found ? [found] : [];
  });
}

/** Values to be divided: those of a result, or made of several. */
export interface Side {
  evidence: Evidence;
  values: readonly number[];
}

export function sideOf(
  record: RunRecord,
  platform: RecordedPlatform,
  metric: string,
  condition: RecordedResult['condition'] = {},
): Side | null {
  const result = findResult(record, platform.id, metric, condition);
  const evidence = result ? evidenceOf(record, result) : null;
  return result && evidence ? { evidence, values: includedValues(result) } : null;
}

/** The same figure as the least or the most that it can be. */
export function asBound(evidence: Evidence, bound: NonNullable<Evidence['bound']>): Evidence {
  return { ...evidence, bound, ...(bound === 'at least' ? { high: Infinity } : { low: 0 }) };
}

/** One side as a multiple of the other; null where an error of fairness stands between them, or nothing can be divided. */
export function ratioOf(side: Side, base: Side): Evidence | null {
  const { record, platform } = side.evidence;
  if (forbiddingFinding(record, platform.id, base.evidence.platform.id)) return null;
  if (side.values.length === 0 || base.values.length === 0 || Math.min(...base.values) <= 0) return null;
  const common = {
    ...side.evidence,
    against: platform.id === base.evidence.platform.id ? null : base.evidence.platform.id,
    unit: 'ratio' as const,
    isJudged: side.evidence.isJudged && base.evidence.isJudged,
  };
  // A divisor without chance moves no end.
  const [exact] = base.values;
  if (base.evidence.isExact && exact !== undefined) {
    return withValues(
      common,
      side.values.map((value) => value / exact),
    );
  }
  const { ratio, ciLow, ciHigh } = ratioOfMedians(side.values, base.values, record.run.seed);
  const hasInterval = ciLow !== null && ciHigh !== null;
  return {
    ...common,
    value: ratio,
    low: hasInterval ? ciLow : Math.min(...side.values) / Math.max(...base.values),
    high: hasInterval ? ciHigh : Math.max(...side.values) / Math.min(...base.values),
    level: hasInterval ? 0.95 : null,
    n: Math.min(side.values.length, base.values.length),
    isExact: side.evidence.isExact && base.evidence.isExact,
  };
}

const boundSigns = { 'at least': '≥\u00a0', 'at most': '≤\u00a0' } as const;

/** `2.10 s (2.05–2.18 s)`, `7.2× process (6.9–7.5×)`, `3 MiB`, `≥ 60`: with n where the ends are those of the samples. */
export function evidenceText(evidence: Evidence): string {
  const { unit, value, low, high, level, n, isExact, against, bound } = evidence;
  const of = against === null ? '' : `\u00a0${against}`;
  if (bound) return `${boundSigns[bound]}${figure(value, unit)}${of}`;
  if (isExact || low === high) return `${figure(value, unit)}${of}`;
  const samples = level === null ? `; n\u00a0=\u00a0${n}` : '';
  return `${figure(value, unit)}${of} (${range(low, high, unit)}${samples})`;
}
