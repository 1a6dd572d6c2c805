/** Open-loop load on one instance, over connections that stay. */
import { ascending, quantile } from '../../statistics/quantile.ts';
import { Connections } from './connections.ts';
import { runOpenLoop } from './open-loop.ts';
import type { LoadOptions, LoadResult } from '../prober.ts';
import { isAccepted } from '../question.ts';

/** Kept-alive connections; more requests than that wait for one, on the clock. */
const connections = 128;
/** Unanswered requests at which further ones are not sent but counted as errors: the memory of this program is finite. */
const maxPending = 4096;
const answerTimeoutMs = 10_000;
const mostRequests = 1_000_000;

/** @throws Error for impossible options, when cancelled, and when no request at all was answered well */
export async function runLoad(options: LoadOptions, signal: AbortSignal): Promise<LoadResult> {
  const offered = Math.round((options.rps * options.durationMs) / 1000);
  if (!(offered >= 1 && offered <= mostRequests)) {
    throw new Error(
      `${options.rps} requests/s for ${options.durationMs} ms are ${offered} requests; 1 to ${mostRequests} are possible`,
    );
  }
  const pool = new Connections(options, { most: connections, timeoutMs: answerTimeoutMs });
  const onAbort = (): void => {
    pool.close();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const latencies: number[] = [];
  let lastError = null as string | null;
  let flow: { sent: number; sendLagMaxMs: number };
  try {
    flow = await runOpenLoop(
      {
        count: offered,
        intervalMs: 1000 / options.rps,
        holdsBack(_index, pending) {
          if (pending < maxPending) return false;
          lastError = `more than ${maxPending} requests were unanswered`;
          return true;
        },
        send: (_index, from) => ask(from),
      },
      signal,
    );
  } finally {
    signal.removeEventListener('abort', onAbort);
    pool.close();
  }
  if (latencies.length === 0) {
    throw new Error(
      `none of ${offered} requests to ${options.scheme ?? 'http'}://${options.host}:${options.port}${options.path} was answered well: ${lastError ?? 'no reason known'}`,
    );
  }
  const sorted = ascending(latencies);
  return {
    offered,
    sent: flow.sent,
    ok: sorted.length,
    errors: offered - sorted.length,
    p50: quantile(sorted, 0.5),
    p90: quantile(sorted, 0.9),
    p99: quantile(sorted, 0.99),
    max: quantile(sorted, 1),
    sendLagMaxMs: flow.sendLagMaxMs,
  };

  async function ask(from: number): Promise<void> {
    try {
      const { status, at } = await pool.ask();
      if (isAccepted(status, options.status)) latencies.push(at - from);
      else lastError = `status ${status}`;
    } catch (error) {
      lastError = error instanceof Error ? error.message : String(error);
    }
  }
}
