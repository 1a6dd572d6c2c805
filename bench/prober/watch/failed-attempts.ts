/** What the attempts that came to nothing have shown of an instance. */
import { monotonicMs } from '../../../runners/machine/clock.ts';
import type { Attempt, Outcome } from './attempt.ts';

export class FailedAttempts {
  #lastAt: number | null = null;
  #lastStatus: number | null = null;
  #lastError: string | null = null;
  /** The last one had been accepted. */
  #wasConnected = false;
  #exchangeMs = 0;

  /** When the last of them began; null: none has failed. */
  get lastAt(): number | null {
    return this.#lastAt;
  }

  get lastStatus(): number | null {
    return this.#lastStatus;
  }

  /** How long the last one that was accepted took, from then until it failed. */
  get exchangeMs(): number {
    return this.#exchangeMs;
  }

  add(attempt: Attempt, outcome: Outcome & { good: false }): void {
    this.addLost(attempt);
    this.#lastStatus = outcome.status ?? this.#lastStatus;
    this.#lastError = outcome.error;
    this.#wasConnected = attempt.connectedAt !== null;
    if (attempt.connectedAt !== null) this.#exchangeMs = monotonicMs() - attempt.connectedAt;
  }

  /** One that nobody was there to refuse. */
  addLost({ startedAt }: Attempt): void {
    this.#lastAt = Math.max(this.#lastAt ?? 0, startedAt);
  }

  /**
   * Of a server that has broken off others, the one that happens to be in flight at the end says the least.
   *
   * @param waiting one that was accepted and is not answered yet
   */
  lastSeen(waiting: Attempt | undefined): string | null {
    if (!waiting) return this.#lastError;
    const before = this.#wasConnected ? `${this.#lastError}; ` : '';
    return `${before}the ${before === '' ? '' : 'last '}connection was accepted, but ${waiting.progress()}`;
  }
}
