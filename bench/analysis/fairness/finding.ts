/** One finding of the fairness check, from its code, the platforms, and what they differ in. */
import type { RecordedFinding, RecordedPlatform } from '../../record/schema.ts';
import { fairnessCodes, type FairnessCodeName } from './codes.ts';

/** @param detail follows the sentence of the code in brackets; empty: nothing does */
export function finding(code: FairnessCodeName, platforms: string[], detail = ''): RecordedFinding {
  const { level, message, remedy } = fairnessCodes[code];
  return { level, code, platforms, message: detail === '' ? message : `${message} (${detail})`, remedy };
}

/** A finding when those platforms that have the property do not all have the same value of it. */
export function differing(
  code: FairnessCodeName,
  platforms: readonly RecordedPlatform[],
  valueOf: (platform: RecordedPlatform) => string | null,
): RecordedFinding[] {
  const groups = new Map<string, string[]>();
  for (const platform of platforms) {
    const value = valueOf(platform);
    if (value !== null) groups.set(value, [...(groups.get(value) ?? []), platform.id]);
  }
  return betweenGroups(code, groups);
}

/** @param groups platforms by what they have; those of one group are alike */
export function betweenGroups(
  code: FairnessCodeName,
  groups: ReadonlyMap<string, string[]>,
): RecordedFinding[] {
  if (groups.size < 2) return [];
  const alike = [...groups.values()];
  const detail = [...groups].map(([value, ids]) => `${ids.join(', ')}: ${value}`).join('; ');
  return [{ ...finding(code, alike.flat(), detail), groups: alike }];
}
