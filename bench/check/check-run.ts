/** A run held against its gates, and against a reference run where gates ask for one. */
import { differenceText } from '../record/facts.ts';
import { differencesBetween } from '../analysis/compare-runs/differences.ts';
import { exitCodes, TareError } from '../environment/errors.ts';
import { finding } from '../analysis/fairness/finding.ts';
import { machineSpeed, speedText, type MachineSpeed } from '../analysis/machine-speed.ts';
import { judgeGates } from '../analysis/gates/judge.ts';
import { isExactGate } from '../analysis/gates/exact.ts';
import type { RunDifference } from '../record/comparison.ts';
import type { RecordedFinding, RecordedGate, RunRecord } from '../record/schema.ts';
import type { ResolvedGate } from '../../scenarios/resolved.ts';
import { gatesOf } from './gates-of.ts';
import { noiseOf, refuseNoisyMargins, refuseVirtualMargins } from './noise.ts';
import type { SelfTest } from '../store/self-test-record.ts';
import { refuseUndecidable } from './undecidable.ts';

export interface CheckInput {
  record: RunRecord;
  reference: { record: RunRecord; selfTest: SelfTest | null } | null;
  /** Of the run itself; serves where the reference has none. */
  selfTest: SelfTest | null;
  /** Compare across obstacles. */
  force: boolean;
  /** How often these gates may be judged in all. */
  looks: number;
  /** More samples may come before the last look. */
  mayGrow: boolean;
}

export interface Check {
  gates: RecordedGate[];
  /** What else differs between the runs. */
  differences: RunDifference[];
  /** What the check adds to the run's own findings. */
  findings: RecordedFinding[];
}

/** @throws TareError (exit 2) for a gate that is a mistake, or that these runs cannot answer */
export function checkRun({ record, reference, selfTest, force, looks, mayGrow }: CheckInput): Check {
  const gates = gatesOf(record);
  const regressions = gates.filter(({ worseBy }) => worseBy !== null);
  if (regressions.length > 0 && reference === null) {
    throw new TareError(
      `${regressions.length} of ${gates.length} gates compare with a reference run, and there is none: ` +
        'give one with --against, or make this run the reference with --update',
      exitCodes.usage,
    );
  }
  const differences = reference === null ? [] : differencesBetween(reference.record, record).map(asExpected);
  const obstructed = new Map(
    regressions.map((gate) => [gate.id, obstaclesOf(gate, isExactGate(gate, record.results), differences)]),
  );
  if (!force && reference !== null) refuse(record, reference.record, [...obstructed.values()].flat());
  const noise = noiseOf(reference?.selfTest ?? selfTest);
  refuseNoisyMargins(regressions, noise);
  refuseVirtualMargins(regressions, record);
  if (!mayGrow && reference !== null) refuseUndecidable(regressions, record, reference.record);
  const machine = reference && machineSpeed(reference.record, record);
  const { results, platforms, fairness } = record;
  const judged = judgeGates(gates, {
    results,
    platforms,
    fairness,
    seed: record.run.seed,
    reference: reference && { ...reference.record, id: reference.record.run.id, looks, machine },
  });
  const forced = gates.filter(({ id }) => (obstructed.get(id) ?? []).length > 0).map(({ id }) => id);
  return {
    gates: judged.map((gate) =>
      annotated(
        gate,
        noise.textOf(gate.id),
        forced.some((id) => gate.id.startsWith(id)),
      ),
    ),
    differences,
    findings: machine && machine.moved !== 'same' ? [machineFinding(record, machine)] : [],
  };
}

function machineFinding({ platforms }: RunRecord, machine: MachineSpeed): RecordedFinding {
  const ids = platforms.filter(({ skipped }) => skipped === null).map(({ id }) => id);
  return finding('machine-speed', ids, speedText(machine));
}

/** A check is there to see what another payload costs: that one is no obstacle. */
function asExpected(difference: RunDifference): RunDifference {
  return difference.what === 'payload digest' ? { ...difference, level: 'note' } : difference;
}

/** What stands between the runs for one gate. A file's size does not depend on the machine. */
function obstaclesOf(
  gate: ResolvedGate,
  isExact: boolean,
  differences: readonly RunDifference[],
): RunDifference[] {
  return differences.filter(
    ({ level, platform, what }) =>
      level === 'obstacle' &&
      (platform === null
        ? what === 'workload' || !isExact
        : !isExact && [gate.platform, gate.over].includes(platform)),
  );
}

function refuse(record: RunRecord, reference: RunRecord, obstacles: readonly RunDifference[]): void {
  if (obstacles.length === 0) return;
  const lines = [...new Set(obstacles.map((each) => `\n  ${differenceText(each)}`))];
  throw new TareError(
    `${record.run.id} cannot be checked against ${reference.run.id}:${lines.join('')}\n` +
      'make a reference on this machine with --update, or check anyway with --force',
    exitCodes.usage,
  );
}

function annotated(gate: RecordedGate, noise: string | null, isForced: boolean): RecordedGate {
  const detail = [gate.detail, ...(noise === null ? [] : [noise])].join('; ');
  return { ...gate, detail: isForced ? `NOT COMPARABLE, checked by --force: ${detail}` : detail };
}
