/** Simulated checks: two sides of starts whose noise is that of real machines, judged as a regression gate does. */
import { judgeSides } from '../../../bench/analysis/gates/regression.ts';
import { seededRandom } from '../../../bench/statistics/random.ts';
import { startupNoise, times } from './noise.ts';

export const noises = {
  /** Normal on logarithms, one in twenty up to 18 % later; CV 5 % in all. */
  'heavy tails': (random: () => number) => startupNoise(random, 1000, 0.044),
  /** The machine becomes slower, or faster, by up to 3 % within a run. */
  drift: (random: () => number, share: number, trend: number) =>
    startupNoise(random, 1000, 0.044) * (1 + 0.03 * trend * share),
  /** Three in ten starts take 15 % longer. */
  'two modes': (random: () => number) => startupNoise(random, 1000, 0.03) * (random() < 0.3 ? 1.15 : 1),
} satisfies Record<string, (random: () => number, share: number, trend: number) => number>;

export interface Trials {
  noise: keyof typeof noises;
  /** True slowdown: 1.1 is 10 %. */
  factor: number;
  margin: number;
  /** On each side. */
  samples: number;
  rounds: number;
  seed: number;
}

/** How many of the checks had each verdict. */
export function gateTrials({ noise, factor, margin, samples, rounds, seed }: Trials): Record<string, number> {
  const random = seededRandom(seed);
  const counts: Record<string, number> = { pass: 0, fail: 0, inconclusive: 0 };
  const side = (centre: number): number[] => {
    const trend = 2 * random() - 1;
    return times(samples, (index) => centre * noises[noise](random, index / samples, trend));
  };
  for (let round = 0; round < rounds; round += 1) {
    const sides = {
      run: side(factor),
      reference: side(1),
      unit: 'ms' as const,
      metric: 'startup.ready',
      lowerIsBetter: true,
      positive: true,
      resolution: null,
    };
    const judged = judgeSides(sides, margin, 1, { id: '', expected: '' });
    const { verdict } = 'conclude' in judged ? judged.conclude(judged.p, 1) : judged;
    counts[verdict] = (counts[verdict] ?? 0) + 1;
  }
  return counts;
}
