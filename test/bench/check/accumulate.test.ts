import { describe, expect, it } from 'vitest';
import { accumulate, mostLooks, type Accumulation } from '../../../bench/check/accumulate.ts';
import { checkRun, type Check } from '../../../bench/check/check-run.ts';
import { seededRandom } from '../../../bench/statistics/random.ts';
import { withGates } from '../../fixtures/records/gated-record.ts';
import { changed, having, reference, regression } from '../../support/check/check-stage.ts';
import { startupNoise, times } from '../../support/check/noise.ts';

interface Simulated {
  /** Each extension, in order. */
  turns: string[];
  looks: number;
  check: Check;
}

/** Two sides whose samples come from a generator instead of a machine. */
async function simulate(
  factor: number,
  { seed, budgetMs = 1e9, looksBefore = 0 }: { seed: number; budgetMs?: number; looksBefore?: number },
): Promise<Simulated> {
  const random = seededRandom(seed);
  const centre = { reference: 1000, run: 1000 * factor };
  const draw = (side: 'reference' | 'run', count: number): number[] =>
    times(count, () => startupNoise(random, centre[side], 0.05));
  const values = { reference: draw('reference', 12), run: draw('run', 12) };
  const run = withGates(changed(1), [regression]);
  const turns: string[] = [];
  let looks = 0;
  let clock = 0;
  const task: Accumulation = {
    gates: [regression],
    blocks: 12,
    looksBefore,
    budgetMs,
    judge() {
      looks += 1;
      return checkRun({
        record: having(run, values.run),
        reference: { record: having(reference, values.reference), selfTest: null },
        selfTest: null,
        force: false,
        looks: mostLooks,
        mayGrow: true,
      });
    },
    extend(side, { blocks, platforms, measures }) {
      turns.push(`${side} ${blocks} ${platforms.join()} ${measures.join()}`);
      values[side].push(...draw(side, blocks));
      clock += 60_000;
      return Promise.resolve();
    },
    now: () => clock,
    progress: () => undefined,
  };
  return { check: await accumulate(task), turns, looks };
}

const verdictOf = ({ check }: Simulated): string => check.gates[0]?.verdict ?? '';

describe('a check that takes more samples', () => {
  it('stops at once where the first look is clear', async () => {
    const clear = await simulate(1.3, { seed: 1 });
    expect(clear).toMatchObject({ looks: 1, turns: [] });
    expect(verdictOf(clear)).toBe('fail');
  });

  it('adds to both sides in alternating order, and only what the open gate needs', async () => {
    const { turns, looks } = await simulate(1.05, { seed: 3 });
    expect(looks).toBe(mostLooks);
    const look = ['reference', 'run', 'run', 'reference'].map((side) => `${side} 6 runc startup`);
    expect(turns).toEqual([...look, ...look, ...look]);
  });

  it('ends when the time is over, and does not begin a look that would not end in time', async () => {
    expect((await simulate(1.05, { seed: 3, budgetMs: 0 })).looks).toBe(1);
    // A look takes four minutes here: after the first one, three are left.
    expect((await simulate(1.05, { seed: 3, budgetMs: 7 * 60_000 })).looks).toBe(2);
  });

  it('counts the looks that an earlier check has taken', async () => {
    expect((await simulate(1.05, { seed: 3, looksBefore: 2 })).looks).toBe(2);
    expect((await simulate(1.05, { seed: 3, looksBefore: 3 })).looks).toBe(1);
  });

  it('keeps the error rate of a single look, and finds what one look could not', async () => {
    const rounds = 150;
    const counts = async (factor: number): Promise<Record<string, number>> => {
      const found: Record<string, number> = { fail: 0, pass: 0, inconclusive: 0 };
      for (let seed = 0; seed < rounds; seed += 1) {
        const verdict = verdictOf(await simulate(factor, { seed }));
        found[verdict] = (found[verdict] ?? 0) + 1;
      }
      return found;
    };
    // Exactly at the margin: 2.5 % may fail, and four standard errors of chance.
    expect((await counts(1.05))['fail']).toBeLessThan(
      rounds * (0.025 + 4 * Math.sqrt((0.025 * 0.975) / rounds)),
    );
    const equal = await counts(1);
    expect(equal['fail']).toBe(0);
    expect(equal['pass']).toBeGreaterThan(0.9 * rounds);
    // With 12 samples a side this gate sees 13 %, after all looks 9 %.
    expect((await counts(1.1))['fail']).toBeGreaterThan(0.9 * rounds);
  }, 60_000);
});
