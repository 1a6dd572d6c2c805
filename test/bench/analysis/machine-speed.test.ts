import { describe, expect, it } from 'vitest';
import { judgeSides } from '../../../bench/analysis/gates/regression.ts';
import {
  machineSpeed,
  speedOf,
  speedText,
  type MachineSpeed,
} from '../../../bench/analysis/machine-speed.ts';
import type { RecordedCanary } from '../../../bench/record/canary.ts';
import { seededRandom } from '../../../bench/statistics/random.ts';
import { startupNoise, times } from '../../support/check/noise.ts';

const canary = (total: number, more: Partial<RecordedCanary> = {}): RecordedCanary => ({
  version: 1,
  samples: times(13, (block) => ({
    block,
    at: '',
    spawn: total / 4,
    spin: total / 4,
    memory: total / 4,
    roundTrip: total / 4 + 0.01 * block,
    ...(block === 0 ? { roundTrip: 1000, excluded: 'warm-up block' } : {}),
  })),
  ...more,
});

describe('the speed of the machine', () => {
  it('is the ratio of the canaries, without their warm-up', () => {
    const speed = machineSpeed({ canary: canary(20) }, { canary: canary(24.8) });
    expect(speed).toMatchObject({ moved: 'slower' });
    expect(speed?.ratio).toBeCloseTo(1.24, 2);
    expect(speedText(speed as MachineSpeed)).toMatch(
      /^24 % slower \(canary: 95 % interval \+2\d % to \+2\d %\)$/,
    );
    expect(machineSpeed({ canary: canary(24.8) }, { canary: canary(20) })?.moved).toBe('faster');
    expect(machineSpeed({ canary: canary(20) }, { canary: canary(20) })?.moved).toBe('same');
  });

  it('is unknown without a canary on both sides, with too few, and for other work', () => {
    const few = canary(20, { samples: canary(20).samples.slice(0, 6) });
    expect(machineSpeed({}, { canary: canary(20) })).toBeNull();
    expect(machineSpeed({ canary: canary(20) }, {})).toBeNull();
    expect(machineSpeed({ canary: few }, { canary: few })).toBeNull();
    expect(machineSpeed({ canary: canary(20) }, { canary: canary(20, { version: 2 }) })).toBeNull();
  });
});

/** How the same gate ends, with the canary and without it, over many simulated checks. */
function trials(
  {
    machine,
    start,
    margin,
    samples = 12,
  }: { machine: number; start: number; margin: number; samples?: number },
  isKnown: boolean,
): Record<string, number> {
  const random = seededRandom(1);
  const rounds = 500;
  const counts: Record<string, number> = { fail: 0, pass: 0, inconclusive: 0 };
  const side = (centre: number, cv: number): number[] =>
    times(samples, () => startupNoise(random, centre, cv));
  for (let round = 0; round < rounds; round += 1) {
    const speed = speedOf(side(20, 0.06), side(20 * machine, 0.06));
    const sides = {
      reference: side(100, 0.06),
      run: side(100 * start, 0.06),
      unit: 'ms' as const,
      metric: 'startup.ready',
      lowerIsBetter: true,
      positive: true,
      resolution: null,
    };
    const judged = judgeSides(sides, margin, 1, { id: '', expected: '' }, isKnown ? speed : null);
    const { verdict } = 'conclude' in judged ? judged.conclude(judged.p, 1) : judged;
    counts[verdict] = (counts[verdict] ?? 0) + 100 / rounds;
  }
  return counts;
}

describe('a gate on absolute times', () => {
  it('stays open where the machine was 25 % slower, and without the canary would fail', () => {
    const slower = { machine: 1.25, start: 1.25, margin: 0.05 };
    expect(trials(slower, false)['fail']).toBeGreaterThan(95);
    expect(trials(slower, true)['fail']).toBeLessThan(1);
    expect(trials(slower, true)['pass']).toBe(0);
  });

  it('stays open, too, where a start suffers twice as much as the canary does', () => {
    expect(trials({ machine: 1.25, start: 1.5, margin: 0.05 }, true)['fail']).toBeLessThan(1);
  });

  it('allows for a small move of the machine instead of giving up', () => {
    const little = { machine: 1.05, start: 1.05, margin: 0.01 };
    expect(trials(little, false)['fail']).toBeGreaterThan(15);
    expect(trials(little, true)['fail']).toBeLessThan(0.7 * (trials(little, false)['fail'] ?? 0));
    expect(trials({ machine: 1.03, start: 1.3, margin: 0.05 }, true)['fail']).toBeGreaterThan(95);
  });

  it('finds a real slowdown as before where the machine has not moved', () => {
    const real = { machine: 1, start: 1.2, margin: 0.05 };
    const [known, unknown] = [trials(real, true)['fail'] ?? 0, trials(real, false)['fail'] ?? 0];
    expect(unknown).toBeGreaterThan(95);
    expect(known).toBeGreaterThan(unknown - 6);
  });

  it('does not pass what a faster machine has hidden', () => {
    const hidden = { machine: 0.8, start: 0.96, margin: 0.05 };
    expect(trials(hidden, false)['pass']).toBeGreaterThan(80);
    expect(trials(hidden, true)['pass']).toBeLessThan(1);
  });

  it('passes as before what was no slower on a slower machine', () => {
    expect(trials({ machine: 1.25, start: 1, margin: 0.2 }, true)['pass']).toBeGreaterThan(95);
  });
});
