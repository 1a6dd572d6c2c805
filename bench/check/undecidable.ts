/** Gates that could never be decided: one that stays inconclusive for ever is a gate that nobody has. */
import { fewestValues } from '../analysis/gates/regression.ts';
import { isObservedOnce, isVirtual, isWithoutChance } from '../analysis/gates/exact.ts';
import { figureName, resultsFor } from '../analysis/gates/finding.ts';
import { exitCodes, TareError } from '../environment/errors.ts';
import type { RecordedResult, RunRecord } from '../record/schema.ts';
import type { ResolvedGate } from '../../scenarios/resolved.ts';

/** @throws TareError (exit 2) that names every gate whose sides have too few samples, although nothing failed */
export function refuseUndecidable(
  gates: readonly ResolvedGate[],
  record: RunRecord,
  reference: RunRecord,
): void {
  const lines = gates.flatMap((gate) => {
    // Samples that a failure has cost may be there next time.
    const failed = [record, reference].some(({ failures }) =>
      failures.some(({ platform }) => [gate.platform, gate.over].includes(platform)),
    );
    return failed ? [] : shortages(gate, record, reference);
  });
  if (lines.length === 0) return;
  throw new TareError(
    `${[...new Set(lines)].join('\n')}\n` +
      `such a gate would stay inconclusive for ever: measure at least ${fewestValues} samples of it in both, or let --budget add them`,
    exitCodes.usage,
  );
}

function shortages(gate: ResolvedGate, record: RunRecord, reference: RunRecord): string[] {
  return resultsFor(gate, record.results, gate.platform).flatMap((result) => {
    const like = ({ results }: RunRecord, platform: string): RecordedResult[] =>
      resultsFor(gate, results, platform).filter((other) => figureName(other) === figureName(result));
    const involved = [gate.platform, gate.over]
      .filter((platform) => platform !== null)
      .flatMap((platform) => [...like(record, platform), ...like(reference, platform)]);
    if ([isWithoutChance, isObservedOnce, isVirtual].some((standsAlone) => involved.every(standsAlone)))
      return [];
    const fewest = Math.min(...involved.map(({ summary }) => summary.n));
    if (fewest >= fewestValues) return [];
    return [
      `gate ${gate.id}: ${fewest} ${fewest === 1 ? 'sample' : 'samples'} on a side, and it needs ${fewestValues}`,
    ];
  });
}
