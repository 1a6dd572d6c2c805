/** How often a regression gate is wrong, by simulation: the table in docs/statistics.md. It does not depend on the machine. */
import { gateTrials, noises, type Trials } from '../support/check/gate-trials.ts';
import type { BenchRow } from './row.ts';

const rounds = 1000;
const kinds = Object.keys(noises) as (keyof typeof noises)[];

/** Seeds are those of the table's rows, in order: 1, 2, 3 … */
export function benchErrorRates(): Promise<BenchRow[]> {
  let seed = 0;
  const share = (trials: Omit<Trials, 'rounds' | 'seed'>, verdict: string): number => {
    seed += 1;
    return (100 * (gateTrials({ ...trials, rounds, seed })[verdict] ?? 0)) / rounds;
  };
  const rows: BenchRow[] = [];
  for (const samples of [6, 12, 24]) {
    for (const margin of [0.015, 0.05]) {
      for (const noise of kinds) {
        rows.push({
          name: `gate of ${100 * margin} %, ${samples} samples a side, ${noise}: false alarms`,
          value: share({ noise, factor: 1, margin, samples }, 'fail'),
          unit: '%',
          atMost: samples === 12 ? 1 : null,
        });
        // Promised for a margin of 1.5 % and 12 samples at a CV of 5 %; the others are for information.
        const isPromised = margin === 0.015 && samples === 12 && noise === 'heavy tails';
        rows.push({
          name: `gate of ${100 * margin} %, ${samples} samples a side, ${noise}: a true 10 % not found`,
          value: 100 - share({ noise, factor: 1.1, margin, samples }, 'fail'),
          unit: '%',
          atMost: isPromised ? 5 : null,
        });
      }
    }
  }
  return Promise.resolve(rows);
}
