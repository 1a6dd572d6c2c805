/** Finds the results that two runs share: same platform, metric, lens and condition; and says what one of them lacks. */
import { isSameFigure } from '../baseline.ts';
import type { MissingFigure } from '../../record/comparison.ts';
import type { RecordedResult, RunRecord } from '../../record/schema.ts';

/** What is compared; an empty list means everything. */
export interface ComparisonFilter {
  platforms: readonly string[];
  measures: readonly string[];
}

interface PairedResults {
  shared: { reference: RecordedResult; run: RecordedResult }[];
  missing: MissingFigure[];
}

export function pairResults(reference: RunRecord, run: RunRecord, filter: ComparisonFilter): PairedResults {
  const wanted = (platform: string): boolean => matches(filter.platforms, platform);
  const missing = [
    ...missingPlatforms(reference, run, 'run'),
    ...missingPlatforms(run, reference, 'reference'),
  ].filter(({ platform }) => wanted(platform));
  const gone = new Set(missing.map(({ platform }) => platform));
  const resultsOf = (record: RunRecord): RecordedResult[] =>
    record.results.filter(
      (result) =>
        wanted(result.platform) && matches(filter.measures, result.measure) && !gone.has(result.platform),
    );
  const shared: PairedResults['shared'] = [];
  const inRun = resultsOf(run);
  for (const result of resultsOf(reference)) {
    const other = find(inRun, result);
    if (hasSamples(result) && other && hasSamples(other)) shared.push({ reference: result, run: other });
    else if (hasSamples(result)) missing.push(missingResult(result, run, 'run'));
  }
  const inReference = resultsOf(reference);
  for (const result of inRun) {
    const other = find(inReference, result);
    if (hasSamples(result) && !(other && hasSamples(other))) {
      missing.push(missingResult(result, reference, 'reference'));
    }
  }
  return { shared, missing };
}

/** Platforms that `has` ran and `lacks` did not. */
function missingPlatforms(
  has: RunRecord,
  lacks: RunRecord,
  missingIn: MissingFigure['missingIn'],
): MissingFigure[] {
  return has.platforms
    .filter((platform) => !platform.skipped)
    .flatMap(({ id }) => {
      const other = lacks.platforms.find((platform) => platform.id === id);
      if (other && !other.skipped) return [];
      const reason = other?.skipped ? `skipped there: ${other.skipped.reason}` : 'not in its scenario';
      return [{ platform: id, metric: null, condition: {}, missingIn, reason }];
    });
}

function missingResult(
  result: RecordedResult,
  lacks: RunRecord,
  missingIn: MissingFigure['missingIn'],
): MissingFigure {
  const failure = lacks.failures.find(
    ({ platform, measure }) => platform === result.platform && measure === result.measure,
  );
  return {
    platform: result.platform,
    metric: result.metric,
    ...(result.lens === undefined ? {} : { lens: result.lens }),
    condition: result.condition,
    missingIn,
    reason: failure ? `it failed there: ${failure.code}` : 'no samples there',
  };
}

function find(results: readonly RecordedResult[], wanted: RecordedResult): RecordedResult | undefined {
  return results.find((result) => result.platform === wanted.platform && isSameFigure(result, wanted));
}

function hasSamples(result: RecordedResult): boolean {
  return result.samples.some((sample) => sample.excluded === undefined);
}

function matches(wanted: readonly string[], name: string): boolean {
  return wanted.length === 0 || wanted.includes(name);
}
