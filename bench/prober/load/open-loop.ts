/**
 * An open loop: requests leave at their intended times, evenly spaced, whether or not earlier ones were answered. Latency
 * counts from the intended time, so a server that stalls is charged for everybody who would have waited (coordinated
 * omission: Gil Tene, "How NOT to Measure Latency"). A request may leave up to two milliseconds early, and then counts from
 * when it left.
 */
import { approach, monotonicMs } from '../../../runners/machine/clock.ts';

interface OpenLoop {
  count: number;
  intervalMs: number;
  /** Whether request `index` must not leave, since too many are unanswered; asked at its time. */
  holdsBack: (index: number, pending: number) => boolean;
  /** Sends it; settles, and never rejects, when it was answered or failed. Its latency counts from `from`. */
  send: (index: number, from: number) => Promise<void>;
}

/**
 * @returns once all are answered or failed: how many left, and by how much the latest was late, milliseconds
 * @throws when cancelled
 */
export async function runOpenLoop(
  { count, intervalMs, holdsBack, send }: OpenLoop,
  signal: AbortSignal,
): Promise<{ sent: number; sendLagMaxMs: number }> {
  const pending = new Set<Promise<void>>();
  let sent = 0;
  let sendLagMaxMs = 0;
  const beganAt = monotonicMs();
  for (let index = 0; index < count; index += 1) {
    const intendedAt = beganAt + index * intervalMs;
    const from = await approach(intendedAt, signal);
    signal.throwIfAborted();
    if (holdsBack(index, pending.size)) continue;
    sent += 1;
    sendLagMaxMs = Math.max(sendLagMaxMs, monotonicMs() - intendedAt);
    const one = send(index, from).finally(() => pending.delete(one));
    pending.add(one);
  }
  await Promise.all(pending);
  signal.throwIfAborted();
  return { sent, sendLagMaxMs };
}
