import { expect, it } from 'vitest';
import { runOpenLoop } from '../../../../bench/prober/load/open-loop.ts';
import { monotonicMs } from '../../../../runners/machine/clock.ts';

interface Request {
  from: number;
  leftAt: number;
}

async function requestsOf(
  count: number,
  intervalMs: number,
  onSend: (index: number) => void = () => undefined,
): Promise<Request[]> {
  const requests: Request[] = [];
  await runOpenLoop(
    {
      ...{ count, intervalMs, holdsBack: () => false },
      send(index, from) {
        requests.push({ from, leftAt: monotonicMs() });
        onSend(index);
        return Promise.resolve();
      },
    },
    new AbortController().signal,
  );
  return requests;
}

it.each([0.25, 0.7, 1.25, 3.4, 17])(
  'counts no request from a moment after it left, one in every %f ms',
  async (intervalMs) => {
    for (const { from, leftAt } of await requestsOf(40, intervalMs))
      expect(leftAt - from).toBeGreaterThanOrEqual(0);
  },
);

it('charges what held up a request to it, and to all that were meant to leave meanwhile', async () => {
  const heldMs = 60;
  const requests = await requestsOf(6, 10, (index) => {
    const until = monotonicMs() + heldMs;
    if (index === 1) while (monotonicMs() < until);
  });
  const [, , ...late] = requests.map(({ from, leftAt }) => leftAt - from);
  // Each further one is meant to leave 10 ms later; the one that holds them up may have left 2 ms early.
  late.forEach((lag, index) => {
    expect(lag).toBeGreaterThan(heldMs - 2.5 - 10 * (index + 1));
  });
  expect(late).toHaveLength(4);
});

it('keeps the distance of what it counts from', async () => {
  const froms = (await requestsOf(20, 5)).map(({ from }) => from);
  const first = froms[0] ?? NaN;
  froms.forEach((from, index) => {
    expect(from - first).toBeLessThanOrEqual(5 * index);
    expect(from - first).toBeGreaterThan(5 * index - 2.5);
  });
});
