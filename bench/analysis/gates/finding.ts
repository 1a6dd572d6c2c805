/** What a gate has found, and the figures that it is about. */
import type { RecordedGate, RecordedResult } from '../../record/schema.ts';
import type { ResolvedGate } from '../../../scenarios/resolved.ts';

export type GateFinding = Omit<RecordedGate, 'level'>;

/** Results of a platform that a gate is about and that have samples: one for each lens and condition. */
export function resultsFor(
  gate: Pick<ResolvedGate, 'metric' | 'lens'>,
  results: readonly RecordedResult[],
  platform: string,
): RecordedResult[] {
  return results.filter(
    (result) =>
      result.platform === platform &&
      result.metric === gate.metric &&
      (gate.lens === null || result.lens === gate.lens) &&
      result.summary.n > 0,
  );
}

/** What tells a result from others of its metric: `transfer compression=gzip`. */
export function figureName(result: Pick<RecordedResult, 'lens' | 'condition'>): string {
  return [result.lens, ...Object.entries(result.condition).map(([key, value]) => `${key}=${value}`)]
    .filter((part) => part !== undefined)
    .join(' ');
}
