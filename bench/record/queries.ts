/** Finds things in a record. */
import type {
  RecordedComparison,
  RecordedFinding,
  RecordedPlatform,
  RecordedResult,
  RunRecord,
} from './schema.ts';

type Condition = RecordedResult['condition'];

/** Id of the platform the others are expressed against; null when the scenario names none. */
export function baselineOf(record: RunRecord): string | null {
  const { baseline } = record.run.scenario;
  return typeof baseline === 'string' ? baseline : (record.comparisons[0]?.against ?? null);
}

/** Platforms that were run, in the order of the scenario. */
export function ranPlatforms(record: RunRecord): RecordedPlatform[] {
  return record.platforms.filter((platform) => !platform.skipped);
}

/** Platforms that were not run, each with the reason it carries. */
export function skippedPlatforms(record: RunRecord): (RecordedPlatform & { skipped: object })[] {
  return record.platforms.filter(isSkipped);
}

function isSkipped(
  platform: RecordedPlatform,
): platform is RecordedPlatform & { skipped: NonNullable<RecordedPlatform['skipped']> } {
  return platform.skipped !== null;
}

/** The first result of a metric whose condition contains the given one. */
export function findResult(
  record: RunRecord,
  platform: string,
  metric: string,
  condition: Condition = {},
): RecordedResult | undefined {
  return record.results.find(
    (result) =>
      result.platform === platform &&
      result.metric === metric &&
      Object.entries(condition).every(([key, value]) => result.condition[key] === value),
  );
}

/** The comparison of a result with the baseline platform; undefined where there is none or an error forbids it. */
export function comparisonFor(record: RunRecord, result: RecordedResult): RecordedComparison | undefined {
  return record.comparisons.find(
    (comparison) =>
      comparison.platform === result.platform &&
      comparison.metric === result.metric &&
      comparison.lens === result.lens &&
      sameCondition(comparison.condition, result.condition) &&
      !forbiddingFinding(record, comparison.platform, comparison.against),
  );
}

/** The fairness error that stands between two platforms, if any. */
export function forbiddingFinding(
  { fairness }: { fairness: readonly RecordedFinding[] },
  a: string,
  b: string,
): RecordedFinding | undefined {
  if (a === b) return undefined;
  return fairness.find(
    ({ level, platforms, groups }) =>
      level === 'error' &&
      platforms.includes(a) &&
      platforms.includes(b) &&
      !groups?.some((group) => group.includes(a) && group.includes(b)),
  );
}

/** Values that count, in the order in which they were taken. */
export function includedValues(result: Pick<RecordedResult, 'samples'>): number[] {
  return result.samples.filter((sample) => sample.excluded === undefined).map((sample) => sample.value);
}

/** Values that are kept in the record but not in any figure. */
export function excludedValues(result: RecordedResult): number[] {
  return result.samples.filter((sample) => sample.excluded !== undefined).map((sample) => sample.value);
}

/** `rest`, `gzip`, `kill`: the values of a condition, for a label. */
export function conditionText(condition: Condition): string {
  return Object.values(condition).map(String).join(', ');
}

export function sameCondition(a: Condition, b: Condition): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
