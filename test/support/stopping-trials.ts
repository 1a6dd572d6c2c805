/** Simulated runs with `samples: { min, max, until }`: how often the interval at the end covers the true ratio. */
import { ratioOfMedians } from '../../bench/statistics/ratio.ts';
import { sampleSize } from '../../bench/statistics/sample-size.ts';
import { seededRandom } from '../../bench/statistics/random.ts';
import { startupNoise, times } from './check/noise.ts';

export const stoppingNoises = {
  'CV 5 %, heavy tails': (random: () => number) => startupNoise(random, 1000, 0.044),
  'CV 11 %, heavy tails': (random: () => number) => startupNoise(random, 1000, 0.1),
  'two modes': (random: () => number) => startupNoise(random, 1000, 0.03) * (random() < 0.3 ? 1.15 : 1),
} satisfies Record<string, (random: () => number) => number>;

export interface StoppingTrials {
  noise: keyof typeof stoppingNoises;
  /** `once`: as Tare decides; `each`: at the first look with a narrow interval, as it is often done; `none`: always the most. */
  rule: 'once' | 'each' | 'none';
  until: number;
  rounds: number;
  seed: number;
}

const [min, most] = [6, 30];

/** Shares from 0 to 1, and the mean number of samples. */
export function stoppingTrials({ noise, rule, until, rounds, seed }: StoppingTrials): {
  covered: number;
  samples: number;
} {
  const random = seededRandom(seed);
  let [covered, samples] = [0, 0];
  for (let round = 0; round < rounds; round += 1) {
    const [a, b] = [0, 1].map(() => times(most, () => stoppingNoises[noise](random))) as [number[], number[]];
    const look = (n: number): { width: number; covers: boolean } => {
      const { ratio, ciLow, ciHigh } = ratioOfMedians(a.slice(0, n), b.slice(0, n), seed + 31 * round + n);
      if (ciLow === null || ciHigh === null) throw new Error('six samples have an interval');
      return { width: (ciHigh - ciLow) / 2 / ratio, covers: ciLow <= 1 && 1 <= ciHigh };
    };
    let n = most;
    if (rule === 'once') n = sampleSize({ first: min, most, width: look(min).width, until });
    if (rule === 'each') for (n = min; n < most && look(n).width > until;) n += 1;
    covered += look(n).covers ? 1 : 0;
    samples += n;
  }
  return { covered: covered / rounds, samples: samples / rounds };
}
