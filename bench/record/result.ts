/**
 * What a result of the record is. It says so itself; a result of a version that did not write it is looked up among our own
 * metrics. A metric of others that merely looks like one of ours, with another unit, is not ours.
 */
import { measureTitle, metricOf } from '../../scenarios/measures/measures.ts';
export type { MeasureName } from '../../scenarios/measures/measures.ts';
export { phaseOf } from '../../scenarios/measures/startup.ts';
import type { RecordedResult } from './schema.ts';

type Described = Pick<RecordedResult, 'metric' | 'lens' | 'unit' | 'title' | Trait>;

/** A metric of Tare's own, and not one of others that merely has its name. */
export function isOurs({ metric, lens, unit }: Pick<RecordedResult, 'metric' | 'lens' | 'unit'>): boolean {
  return metricOf(metric, lens)?.unit === (unit === 'virtual ms' ? 'ms' : unit);
}

/** A share of another figure: it explains that figure, and is no finding beside it. */
export function isPart(result: Described): boolean {
  return has(result, 'isPart');
}

/** Repeating the measurement could not change it, and one look says it all. */
export function isExact(result: Described): boolean {
  return has(result, 'isExact');
}

/** The run has one observation of it, which stands for itself. */
export function isSingle(result: Described): boolean {
  return has(result, 'isSingle');
}

/** Heading of the figures of its measure. */
export function titleOf({ title, measure }: Pick<RecordedResult, 'title' | 'measure'>): string {
  return title ?? measureTitle(measure);
}

/** What a result keeps of its metric beside unit, direction and definition. */
export function recordedTraits({ isPart, isExact, isSingle }: Traits): Traits {
  return {
    ...(isPart && { isPart }),
    ...(isExact && { isExact }),
    ...(isSingle && { isSingle }),
  };
}

type Trait = 'isPart' | 'isExact' | 'isSingle';
type Traits = Pick<RecordedResult, Trait>;

function has(result: Described, trait: Trait): boolean {
  if (result.title !== undefined) return result[trait] ?? false;
  return isOurs(result) && (metricOf(result.metric, result.lens)?.[trait] ?? false);
}
