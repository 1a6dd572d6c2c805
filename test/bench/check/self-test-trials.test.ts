import { describe, expect, it } from 'vitest';
import { checkRun } from '../../../bench/check/check-run.ts';
import { tryGate } from '../../../bench/check/self-test-trials.ts';
import type { SelfTest, TestedGate } from '../../../bench/store/self-test-record.ts';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { seededRandom } from '../../../bench/statistics/random.ts';
import type { ResolvedGate } from '../../../scenarios/resolved.ts';
import { gate, withGates } from '../../fixtures/records/gated-record.ts';
import { withValues } from '../../fixtures/records/other-run.ts';
import { changed, having, reference, regression } from '../../support/check/check-stage.ts';
import { startupNoise, times } from '../../support/check/noise.ts';

const random = seededRandom(5);
const starts = (factor: number, cv = 0.05): number[] =>
  times(12, () => startupNoise(random, 1000 * factor, cv));

/** The run of a self-test: arms of runc, whose starts are as given. */
function testedRun(arms: Record<string, number[]>): RunRecord {
  const like = reference.results.find((result) => result.metric === 'startup.ready');
  if (!like) throw new Error('the fixture has no starts');
  const results = Object.entries(arms).map(([platform, values]) =>
    withValues({ ...like, platform, samples: [] }, values),
  );
  return { ...reference, results };
}

function tryOn(own: number[], arms: Record<string, number[]>, tested: ResolvedGate = regression): TestedGate {
  const material = { record: having(reference, own), tested: testedRun(arms), seed: 1, trials, family: 1 };
  const [found] = tryGate(tested, material);
  if (!found) throw new Error('no result');
  return found;
}

/** Fewer than a self-test draws, since each is judged by exact tests. */
const trials = 200;
const quiet = { runc: starts(1), 'runc-again': starts(1), 'runc-slow': starts(1.15) };

describe('the trials of a self-test', () => {
  it('find no false alarms where nothing differs, and how often a slowdown would be found', () => {
    const found = tryOn(starts(1), quiet);
    expect(found).toMatchObject({ gate: 'startup.ready runc', samples: 12, margin: 0.05 });
    expect(found.falseAlarms).toBeLessThan(0.01);
    expect(found.noiseFloor).toBeLessThan(0.05);
    expect(found.detected).toBeGreaterThan(0.5);
    expect(Math.abs(found.betweenRuns)).toBeLessThan(0.05);
  });

  it('find more with a wider slowdown, and nothing where it does not reach beyond the margin', () => {
    expect(tryOn(starts(1), { ...quiet, 'runc-slow': starts(1.3) }).detected).toBe(1);
    expect(tryOn(starts(1), { ...quiet, 'runc-slow': starts(1.02) }).detected).toBeLessThan(0.2);
  });

  it('take a whole run that was faster for noise, which no scatter inside a run shows', () => {
    const found = tryOn(starts(0.85), quiet);
    expect(found.betweenRuns).toBeGreaterThan(0.1);
    expect(found.noiseFloor).toBeGreaterThan(0.08);
  });

  it('do not speak of detection where a slower start is not what the gate is about', () => {
    const memory = gate({ metric: 'memory.pss', worseBy: 0.05 });
    const of = (metric: string, platform: string): RunRecord['results'] =>
      reference.results
        .filter((result) => result.metric === metric && result.platform === 'runc')
        .map((result) => ({ ...result, platform }));
    const tested = {
      ...reference,
      results: ['runc', 'runc-again', 'runc-slow'].flatMap((id) => of('memory.pss', id)),
    };
    const found = tryGate(memory, { record: reference, tested, seed: 1, trials: 10, family: 1 });
    expect(found.map(({ gate: id, detected }) => [id, detected])).toEqual([
      ['memory.pss runc pss state=rest', null],
      ['memory.pss runc pss state=loaded', null],
    ]);
  });
});

describe('a check after a self-test', () => {
  const selfTest = (noiseFloor: number): SelfTest => ({
    at: '',
    run: 'r',
    blocks: 12,
    trials: 1000,
    injected: 0.15,
    seed: 1,
    gates: [
      {
        gate: regression.id,
        margin: 0.05,
        samples: 12,
        noiseFloor,
        falseAlarms: 0,
        detected: 0.97,
        betweenRuns: 0.012,
      },
    ],
  });
  const check = (noiseFloor: number): ReturnType<typeof checkRun> =>
    checkRun({
      record: withGates(changed(1), [regression]),
      reference: { record: reference, selfTest: selfTest(noiseFloor) },
      selfTest: null,
      force: false,
      looks: 1,
      mayGrow: false,
    });

  it('shows the noise floor and what was found beside the verdict', () => {
    expect(check(0.013).gates[0]?.detail).toContain(
      'self-test: noise floor 1.3 %; of trials with 12 samples a side, a slowdown of 15 % found in 97 %, false alarms in 0 %',
    );
  });

  it('refuses a margin below the noise floor', () => {
    expect(() => check(0.08)).toThrow(
      /its margin of 5 % is below the noise floor of 8 %: it would fail for identical code/,
    );
  });
});
