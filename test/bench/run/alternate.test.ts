import { describe, expect, it } from 'vitest';
import { alternate, type Turns } from '../../../bench/run/alternate.ts';

const never = new AbortController().signal;
/** Long enough for everything that could go on to do so. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** Samples blocks as a run does; says when each begins and ends. */
async function sample(name: string, turns: Turns, blocks: number, said: string[]): Promise<void> {
  for (let block = 0; block < blocks; block += 1) {
    await turns.take(async () => {
      said.push(`${name}${block}`);
      await settled();
      said.push('.');
    });
  }
  await turns.leave();
  said.push(`${name} ends`);
}

describe('runs in turn', () => {
  it('sample one block each in every round, one after the other', async () => {
    const said: string[] = [];
    const [a, b] = alternate(2, 1, never) as [Turns, Turns];
    await Promise.all([sample('a', a, 20, said), sample('b', b, 20, said)]);
    const rounds = Array.from({ length: 20 }, (_, round) => said.slice(4 * round, 4 * round + 4));
    for (const [round, order] of rounds.entries()) {
      expect([`a${round}.b${round}.`, `b${round}.a${round}.`]).toContain(order.join(''));
    }
    const firsts = rounds.filter(([first]) => first?.startsWith('a')).length;
    // Shuffled: always the same one first would have a chance of one in 500,000.
    expect(firsts).toBeGreaterThan(0);
    expect(firsts).toBeLessThan(20);
  });

  it('wait for one that is still being prepared', async () => {
    const said: string[] = [];
    const [a, b] = alternate(2, 1, never) as [Turns, Turns];
    const first = sample('a', a, 1, said);
    await a.prepared;
    await settled();
    expect(said).toEqual([]);
    await Promise.all([first, sample('b', b, 1, said)]);
    expect(said).toHaveLength(6);
  });

  it('go on without one that has left, which ends when they do', async () => {
    const said: string[] = [];
    const [a, b] = alternate(2, 1, never) as [Turns, Turns];
    await Promise.all([sample('a', a, 1, said), sample('b', b, 3, said)]);
    expect(said.filter((each) => each.startsWith('b'))).toEqual(['b0', 'b1', 'b2', 'b ends']);
    expect(said.indexOf('a ends')).toBeGreaterThan(said.indexOf('b2'));
  });

  it('go on after one whose block failed', async () => {
    const said: string[] = [];
    const [a, b] = alternate(2, 1, never) as [Turns, Turns];
    const broken = a
      .take(() => Promise.reject(new Error('broken')))
      .finally(() => {
        void a.leave();
      });
    const other = sample('b', b, 2, said);
    await expect(broken).rejects.toThrow('broken');
    await other;
    expect(said).toEqual(['b0', '.', 'b1', '.', 'b ends']);
  });

  it('wait no longer once they are interrupted', async () => {
    const interrupt = new AbortController();
    const [a, b, c] = alternate(3, 1, interrupt.signal) as [Turns, Turns, Turns];
    const sampling = a.take(() => Promise.resolve());
    const leaving = b.leave();
    interrupt.abort('SIGINT');
    await expect(sampling).rejects.toBe('SIGINT');
    await expect(c.take(() => Promise.resolve())).rejects.toBe('SIGINT');
    await leaving;
  });
});
