/**
 * A client's view of a server that goes away and may come back: an open loop of requests, each over a connection of its own,
 * and what became of each of them.
 */
import { askOnce } from '../http/ask-once.ts';
import type { ObservedRequest, ObserveOptions } from '../prober.ts';
import { isAccepted } from '../question.ts';
import { runOpenLoop } from './open-loop.ts';

/** An hour at a hundred each second: whoever observes for longer has forgotten to end it. */
const mostRequests = 360_000;

/** Asks until the signal is aborted, then waits for the answers that are due. */
export async function observe(options: ObserveOptions, signal: AbortSignal): Promise<ObservedRequest[]> {
  const requests: ObservedRequest[] = [];
  const pending = new Set<Promise<void>>();
  const send = (_index: number, at: number): Promise<void> => {
    const one = ask(options).then((answeredAt) => {
      requests.push({ at, answeredAt });
      pending.delete(one);
    });
    pending.add(one);
    return one;
  };
  const loop = {
    count: mostRequests,
    intervalMs: 1000 / options.rps,
    holdsBack: () => false,
    send,
  };
  try {
    await runOpenLoop(loop, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  await Promise.all(pending);
  return requests.sort((a, b) => a.at - b.at);
}

/** @returns when the good answer was complete; null where none came */
function ask(options: ObserveOptions): Promise<number | null> {
  return new Promise((resolve) => {
    const end = (answeredAt: number | null): void => {
      socket.destroy();
      resolve(answeredAt);
    };
    const socket = askOnce(
      options,
      { timeoutMs: options.timeoutMs },
      ({ status, at }) => {
        end(isAccepted(status, options.status) ? at : null);
      },
      () => {
        end(null);
      },
    );
  });
}
