/** The two sides of a regression gate: the values of the run and those of the reference run. */
import { resolutionOf } from '../resolution.ts';
import type { RecordedResult } from '../../record/schema.ts';

export interface Sides {
  run: number[];
  reference: number[];
  unit: RecordedResult['unit'];
  metric: string;
  lowerIsBetter: boolean;
  /** Whether every value is positive, so that ratios exist. */
  positive: boolean;
  /** What the instruments tell apart, in the unit; null: unknown. */
  resolution: number | null;
}

interface Pair {
  run: RecordedResult;
  reference: RecordedResult;
}

/**
 * @param over the same figure of another platform: both sides are then ratios to it, block by block, so that whatever
 *   slows a block as a whole cancels out
 */
export function sidesOf(judged: Pair, over: Pair | null): Sides {
  const run = over ? ratios(judged.run, over.run) : included(judged.run).map(({ value }) => value);
  const reference = over
    ? ratios(judged.reference, over.reference)
    : included(judged.reference).map(({ value }) => value);
  return {
    run,
    reference,
    unit: over ? 'ratio' : judged.run.unit,
    metric: judged.run.metric,
    lowerIsBetter: judged.run.better === 'lower',
    resolution: over ? null : resolutionOf(judged.run),
    positive: [...run, ...reference].every((value) => value > 0),
  };
}

function ratios(result: RecordedResult, base: RecordedResult): number[] {
  const bases = new Map(included(base).map(({ block, value }) => [block, value]));
  return included(result).flatMap(({ block, value }) => {
    const against = bases.get(block);
    return against === undefined || against === 0 ? [] : [value / against];
  });
}

function included({ samples }: RecordedResult): RecordedResult['samples'] {
  return samples.filter((sample) => sample.excluded === undefined);
}
