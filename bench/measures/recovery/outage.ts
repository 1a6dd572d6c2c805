/** What a client saw of a fault, from what became of its requests. */
import type { ObservedRequest } from '../../prober/prober.ts';

export interface Outage {
  durationMs: number;
  failed: number;
}

/**
 * @param from requests that were due earlier do not count
 * @returns null where no request was answered well after the last that failed: the outage has not ended
 */
export function outageOf(requests: readonly ObservedRequest[], from: number): Outage | null {
  const counted = requests.filter(({ at }) => at >= from).sort((a, b) => a.at - b.at);
  const failed = counted.filter(({ answeredAt }) => answeredAt === null);
  const [first, last] = [failed[0], failed.at(-1)];
  if (!first || !last) return { durationMs: 0, failed: 0 };
  const answers = counted.flatMap(({ at, answeredAt }) =>
    at > last.at && answeredAt !== null ? [answeredAt] : [],
  );
  if (answers.length === 0) return null;
  return { durationMs: Math.min(...answers) - first.at, failed: failed.length };
}

/** Whether a client was served: of its requests one may be late by chance, and on a busy machine a hundredth of them. */
export function wasServed(requests: readonly ObservedRequest[]): boolean {
  const failed = requests.filter(({ answeredAt }) => answeredAt === null).length;
  return failed <= Math.max(1, requests.length / 100);
}
