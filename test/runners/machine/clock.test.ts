import { expect, test, vi } from 'vitest';
import { monotonicMs, monotonicOfWall, sleepAtLeast } from '../../../runners/machine/clock.ts';

test('a moment of the wall clock is as long ago on the monotonic clock, with digits', () => {
  const before = monotonicMs();
  const then = monotonicOfWall(performance.timeOrigin + performance.now() - 250.5);
  const after = monotonicMs();
  expect(then).toBeGreaterThanOrEqual(before - 250.5 - 2.1);
  expect(then).toBeLessThanOrEqual(after - 250.5 + 2.1);
});

test('a clock that was set by an hour since this program began is seen', () => {
  const hourMs = 3_600_000;
  const now = Date.now();
  vi.spyOn(Date, 'now').mockReturnValue(now + hourMs);
  try {
    const before = monotonicMs();
    expect(Math.abs(monotonicOfWall(now + hourMs) - before)).toBeLessThan(60_000);
  } finally {
    vi.restoreAllMocks();
  }
});

test('a sleep lasts as long as it is asked to, fractions of a millisecond too', async () => {
  const { signal } = new AbortController();
  for (let round = 0; round < 20; round += 1) {
    const beganAt = monotonicMs();
    await sleepAtLeast(2.9, signal);
    expect(monotonicMs() - beganAt).toBeGreaterThanOrEqual(2.9);
  }
});

test('a sleep ends when it is aborted', async () => {
  await expect(sleepAtLeast(1e6, AbortSignal.timeout(1))).rejects.toThrow('aborted');
});
