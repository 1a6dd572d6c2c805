/** What deciding the number of samples by the width of the interval does to the interval: the table in docs/statistics.md. */
import { stoppingNoises, stoppingTrials } from '../support/stopping-trials.ts';
import type { BenchRow } from './row.ts';

const rounds = 1000;
const rules = { once: 'decided once', each: 'at the first narrow interval', none: 'always 30' } as const;

export function benchStopping(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const noise of Object.keys(stoppingNoises) as (keyof typeof stoppingNoises)[]) {
    for (const rule of Object.keys(rules) as (keyof typeof rules)[]) {
      const { covered, samples } = stoppingTrials({ noise, rule, until: 0.03, rounds, seed: 1 });
      rows.push({
        name: `until ±3 %, ${noise}, ${rules[rule]} (${samples.toFixed(1)} samples): intervals that miss`,
        value: 100 * (1 - covered),
        unit: '%',
        // Two standard errors of the simulation above the level of 5 %.
        atMost: rule === 'once' ? 6.4 : null,
      });
    }
  }
  return Promise.resolve(rows);
}
