/** The measured noise of gates: a margin below it would fail for identical code. */
import { exitCodes, TareError } from '../environment/errors.ts';
import type { ResolvedGate } from '../../scenarios/resolved.ts';
import { isVirtual, virtualNoiseFloor } from '../analysis/gates/exact.ts';
import { resultsFor } from '../analysis/gates/finding.ts';
import type { RecordedPlatform, RecordedResult } from '../record/schema.ts';
import type { SelfTest, TestedGate } from '../store/self-test-record.ts';

export interface Noise {
  /** Tests of a gate: one for each lens and condition. Empty where it was not tested. */
  testsOf(gateId: string): TestedGate[];
  /** For the detail of a verdict; null where the gate was not tested. */
  textOf(gateId: string): string | null;
}

export function noiseOf(selfTest: SelfTest | null): Noise {
  const tests = selfTest?.gates ?? [];
  return {
    testsOf: (id) => tests.filter(({ gate }) => gate === id || gate.startsWith(`${id} `)),
    textOf(id) {
      const test = tests.find(({ gate }) => gate === id);
      if (!test || !selfTest) return null;
      return `self-test: ${testText(test, selfTest)}`;
    },
  };
}

/** What a self-test says of one gate. */
export function testText(test: TestedGate, { injected }: Pick<SelfTest, 'injected'>): string {
  const { noiseFloor, falseAlarms, detected, samples, betweenRuns } = test;
  const found =
    detected === null
      ? 'a slower start does not touch it'
      : `a slowdown of ${percent(injected)} found in ${percent(detected)}`;
  return (
    `noise floor ${percent(noiseFloor)}; of trials with ${samples} samples a side, ${found}, false alarms in ` +
    `${percent(falseAlarms)}; two runs of the same differed by ${percent(betweenRuns)}`
  );
}

/** @throws TareError (exit 2) that names every gate whose margin is below the noise floor of virtual time */
export function refuseVirtualMargins(
  gates: readonly ResolvedGate[],
  { results, platforms }: { results: readonly RecordedResult[]; platforms: readonly RecordedPlatform[] },
): void {
  const floorOf = (result: RecordedResult): number => virtualNoiseFloor(result, platforms);
  const lines = gates.flatMap((gate) => {
    const floorOn = (platform: string): number =>
      Math.max(0, ...resultsFor(gate, results, platform).filter(isVirtual).map(floorOf));
    const noiseFloor = floorOn(gate.platform) + (gate.over === null ? 0 : floorOn(gate.over));
    const margin = gate.worseBy ?? 0;
    if (margin >= noiseFloor) return [];
    return [
      `gate ${gate.id}: its margin of ${percent(margin)} is below the noise floor of virtual time, ${percent(noiseFloor)} ` +
        'of this figure',
    ];
  });
  if (lines.length > 0) throw new TareError(lines.join('\n'), exitCodes.usage);
}

/** @throws TareError (exit 2) that names every gate whose margin is below the noise that was measured */
export function refuseNoisyMargins(gates: readonly ResolvedGate[], noise: Noise): void {
  const lines = gates.flatMap((gate) =>
    noise
      .testsOf(gate.id)
      .filter(({ noiseFloor }) => (gate.worseBy ?? 0) < noiseFloor)
      .map(
        ({ gate: id, noiseFloor }) =>
          `gate ${id}: its margin of ${percent(gate.worseBy ?? 0)} is below the noise floor of ${percent(noiseFloor)}: ` +
          'it would fail for identical code; raise worse-by, or take more samples and repeat --self-test',
      ),
  );
  if (lines.length > 0) throw new TareError(lines.join('\n'), exitCodes.usage);
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}
