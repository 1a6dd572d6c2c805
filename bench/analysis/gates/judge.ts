/**
 * Gates: conditions with a verdict. A gate fails only if the whole interval of its figure lies beyond the bound, passes
 * only if it lies inside, and is inconclusive otherwise. A figure that does not exist fails its gate, since nothing may
 * pass by accident.
 */
import type { RecordedFinding, RecordedGate, RecordedPlatform, RecordedResult } from '../../record/schema.ts';
import { forbiddingFinding } from '../../record/queries.ts';
import type { ResolvedGate } from '../../../scenarios/resolved.ts';
import { holm } from '../../statistics/holm.ts';
import { judgeBounds } from './bounds.ts';
import { figureName, resultsFor, type GateFinding } from './finding.ts';
import { measureRegression, type Regression, type ReferenceEvidence } from './regression.ts';

export interface GateEvidence {
  results: readonly RecordedResult[];
  platforms: readonly RecordedPlatform[];
  fairness: readonly RecordedFinding[];
  /** Of the bootstrap. */
  seed: number;
  /** Null: none was given, and gates that need one are skipped. */
  reference: ReferenceEvidence | null;
}

/** Gates of level `off` are left out. A gate whose metric has several lenses or conditions gives a verdict for each. */
export function judgeGates(gates: readonly ResolvedGate[], evidence: GateEvidence): RecordedGate[] {
  const found = gates
    .filter((gate) => gate.level !== 'off')
    .flatMap((gate) => judge(gate, evidence).map((finding) => ({ gate, finding })));
  const regressions = found.flatMap(({ finding }) => ('conclude' in finding ? [finding] : []));
  const adjusted = holm(regressions.map(({ p }) => p));
  return found.map(({ gate, finding }) => ({
    ...('conclude' in finding
      ? finding.conclude(adjusted[regressions.indexOf(finding)] ?? 1, regressions.length)
      : finding),
    level: gate.level,
  }));
}

function judge(gate: ResolvedGate, evidence: GateEvidence): (GateFinding | Regression)[] {
  const { platforms, results, reference } = evidence;
  const expected = expectation(gate, reference);
  const ids = [gate.platform, gate.over];
  const skipped = platforms.find((platform) => platform.skipped && ids.includes(platform.id));
  if (skipped) {
    // What the reference could run must not drop out of the check in silence.
    const isLost =
      gate.worseBy !== null &&
      reference?.platforms.some(({ id, skipped: there }) => id === skipped.id && !there);
    const detail = `${skipped.id} was skipped${isLost ? ' here, and not in the reference' : ''}: ${skipped.skipped?.reason ?? ''}`;
    return [{ id: gate.id, verdict: isLost ? 'fail' : 'skipped', expected, found: 'no samples', detail }];
  }
  const found = resultsFor(gate, results, gate.platform);
  if (found.length === 0) {
    const detail = `${gate.platform} gave no sample of ${gate.metric}`;
    return [{ id: gate.id, verdict: 'fail', expected, found: 'no samples', detail }];
  }
  // Against a reference run it is the same ratio on both sides, unfair or not.
  const unfair =
    gate.over === null || gate.worseBy !== null
      ? undefined
      : forbiddingFinding(evidence, gate.platform, gate.over);
  if (unfair) {
    const detail = `a comparison would be unfair: ${unfair.code}: ${unfair.message}`;
    return [{ id: gate.id, verdict: 'fail', expected, found: 'no ratio', detail }];
  }
  return found.map((result) => {
    const id = found.length > 1 ? `${gate.id} ${figureName(result)}` : gate.id;
    if (gate.worseBy === null) return { id, expected, ...judgeBounds(gate, result, evidence) };
    if (reference !== null)
      return measureRegression(gate, result, evidence.results, reference, { id, expected });
    const detail = 'it compares with a reference run: tare check judges it';
    return { id, verdict: 'skipped', expected, found: 'no reference', detail };
  });
}

function expectation(gate: ResolvedGate, reference: ReferenceEvidence | null): string {
  const subject = `${gate.metric} of ${gate.platform}${gate.over === null ? '' : ` over ${gate.over}`}`;
  if (gate.worseBy !== null) {
    const than = reference === null ? 'the reference run' : reference.id;
    return `${subject} at most ${Number((100 * gate.worseBy).toPrecision(6))} % worse than ${than}`;
  }
  const bounds = [gate.min === null ? '' : `>= ${gate.min}`, gate.max === null ? '' : `<= ${gate.max}`];
  return `${subject} ${bounds.filter(Boolean).join(' and ')}`;
}
