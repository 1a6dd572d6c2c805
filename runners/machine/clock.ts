import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

/**
 * Milliseconds on the host's CLOCK_MONOTONIC, with nanosecond digits. The clock is the same in every process and
 * network namespace of the machine, so moments taken by the harness, the prober and the kernel's tracer compare.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Date.now cuts to whole milliseconds; what differs by more is a clock that was set since this process began. */
const setClockMs = 2;

/** The same clock for a moment of the wall clock, given in milliseconds since 1970 with digits. */
export function monotonicOfWall(wallMs: number): number {
  const wallNow = performance.timeOrigin + performance.now();
  const differenceMs = Date.now() - wallNow;
  const correctionMs = Math.abs(differenceMs) > setClockMs ? differenceMs : 0;
  return monotonicMs() - (wallNow + correctionMs - wallMs);
}

/** Node's timers know whole milliseconds only: to them 2.9 ms are 2. This one does not end early, and a short while late. */
export async function sleepAtLeast(durationMs: number, signal: AbortSignal): Promise<void> {
  const beganAt = monotonicMs();
  await sleep(Math.max(0, durationMs - 1), undefined, { signal });
  while (monotonicMs() - beganAt < durationMs) await setImmediate();
}

/** Node's timers know whole milliseconds, and may end one early; one that is set to a moment before is hardly ever late. */
const earlyMs = 2;

/**
 * Waits until a moment is less than two milliseconds away.
 * @returns the moment from which to count what is done now: `dueAt`, or the present where that is earlier. Counted from
 *   `dueAt`, what is done too early would seem to take less time than it does.
 */
export async function approach(dueAt: number, signal?: AbortSignal): Promise<number> {
  for (;;) {
    const now = monotonicMs();
    const waitMs = dueAt - now;
    if (waitMs < earlyMs) return Math.min(dueAt, now);
    await sleep(Math.floor(waitMs) - 1, undefined, { signal });
  }
}
