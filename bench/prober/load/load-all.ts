/**
 * Open-loop load on many instances at once: every instance is asked at its own fixed times, evenly spaced over all of
 * them, and latency counts from the intended time (see open-loop.ts). Each request has a connection of its own, so that
 * thousands of instances cost this program no more than the requests that are under way.
 */
import { monotonicMs } from '../../../runners/machine/clock.ts';
import { ascending, quantile } from '../../statistics/quantile.ts';
import { askOnce } from '../http/ask-once.ts';
import { runOpenLoop } from './open-loop.ts';
import type { LoadAllOptions, LoadAllResult } from '../prober.ts';
import { isAccepted, type LoadQuestion } from '../question.ts';

type Target = LoadAllOptions['targets'][number];

interface Account {
  target: Target;
  latencies: number[];
  pending: number;
  lastError: string | null;
}

/** Unanswered requests at which further ones are not sent but counted as errors, of one instance and of all. */
const maxPendingEach = 16;
const maxPending = 4096;
const answerTimeoutMs = 10_000;
const mostRequests = 2_000_000;

/** @throws Error for impossible options and when cancelled; requests that fail are figures, not errors */
export async function runLoadOnAll(options: LoadAllOptions, signal: AbortSignal): Promise<LoadAllResult> {
  const each = Math.floor((options.rpsPerTarget * options.durationMs) / 1000);
  const offered = each * options.targets.length;
  if (!(offered >= 1 && offered <= mostRequests)) {
    throw new Error(
      `${options.targets.length} instances at ${options.rpsPerTarget} requests/s for ${options.durationMs} ms are ` +
        `${offered} requests; 1 to ${mostRequests} are possible`,
    );
  }
  const accounts = options.targets.map((target): Account => {
    return { target, latencies: [], pending: 0, lastError: null };
  });
  const accountAt = (index: number): Account => {
    const account = accounts[index % accounts.length];
    if (!account) throw new Error('there is an account for every target');
    return account;
  };
  const beganAt = monotonicMs();
  const { sendLagMaxMs } = await runOpenLoop(
    {
      count: offered,
      intervalMs: options.durationMs / offered,
      holdsBack(index, pending) {
        const account = accountAt(index);
        if (account.pending < maxPendingEach && pending < maxPending) return false;
        account.lastError = `${account.pending} requests to it were unanswered`;
        return true;
      },
      send: (index, from) => ask(accountAt(index), options, from),
    },
    signal,
  );
  const all = ascending(accounts.flatMap(({ latencies }) => latencies));
  return {
    durationMs: monotonicMs() - beganAt,
    offered,
    ok: all.length,
    errors: offered - all.length,
    p50: quantileOf(all, 0.5),
    p90: quantileOf(all, 0.9),
    p99: quantileOf(all, 0.99),
    max: quantileOf(all, 1),
    sendLagMaxMs,
    targets: accounts.map(({ target, latencies, lastError }) => ({
      id: target.id,
      offered: each,
      errors: each - latencies.length,
      p99: quantileOf(ascending(latencies), 0.99),
      lastError,
    })),
  };
}

function quantileOf(sorted: readonly number[], share: number): number | null {
  return sorted.length === 0 ? null : quantile(sorted, share);
}

function ask(account: Account, question: LoadQuestion, from: number): Promise<void> {
  account.pending += 1;
  return new Promise((resolve) => {
    const end = (problem: string | null): void => {
      socket.destroy();
      account.pending -= 1;
      account.lastError = problem ?? account.lastError;
      resolve();
    };
    const socket = askOnce(
      { ...question, ...account.target },
      { timeoutMs: answerTimeoutMs },
      ({ status, at }) => {
        const isGood = isAccepted(status, question.status);
        if (isGood) account.latencies.push(at - from);
        end(isGood ? null : `status ${status}`);
      },
      ({ message }) => {
        end(message);
      },
    );
  });
}
