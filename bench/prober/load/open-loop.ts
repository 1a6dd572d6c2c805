/**
 * An open loop: requests leave at their intended times, evenly spaced, whether or not earlier ones were answered. Latency
 * counts from the intended time, so a server that stalls is charged for everybody who would have waited (coordinated
 * omission: Gil Tene, "How NOT to Measure Latency").
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../../../runners/machine/clock.ts';

interface OpenLoop {
  count: number;
  intervalMs: number;
  /** A request that is due so soon leaves at once: Node's timers count whole milliseconds. */
  earlyMs: number;
  /** Whether request `index` must not leave, since too many are unanswered; asked at its time. */
  holdsBack: (index: number, pending: number) => boolean;
  /** Sends it; settles, and never rejects, when it was answered or failed. */
  send: (index: number, intendedAt: number) => Promise<void>;
}

/**
 * @returns once all are answered or failed: how many left, and by how much the latest was late, milliseconds
 * @throws when cancelled
 */
export async function runOpenLoop(
  { count, intervalMs, earlyMs, holdsBack, send }: OpenLoop,
  signal: AbortSignal,
): Promise<{ sent: number; sendLagMaxMs: number }> {
  const pending = new Set<Promise<void>>();
  let sent = 0;
  let sendLagMaxMs = 0;
  const beganAt = monotonicMs();
  for (let index = 0; index < count; index += 1) {
    const intendedAt = beganAt + index * intervalMs;
    const waitMs = intendedAt - monotonicMs();
    if (waitMs > earlyMs) await sleep(waitMs, undefined, { signal });
    signal.throwIfAborted();
    if (holdsBack(index, pending.size)) continue;
    sent += 1;
    sendLagMaxMs = Math.max(sendLagMaxMs, monotonicMs() - intendedAt);
    const one = send(index, intendedAt).finally(() => pending.delete(one));
    pending.add(one);
  }
  await Promise.all(pending);
  signal.throwIfAborted();
  return { sent, sendLagMaxMs };
}
