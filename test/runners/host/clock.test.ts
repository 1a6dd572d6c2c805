import { expect, test, vi } from 'vitest';
import { monotonicMs, monotonicOfWall } from '../../../runners/host/clock.ts';

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
