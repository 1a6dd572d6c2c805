/** Watches one instance until it is ready, as pace.ts says, and reacts at once when the tracer sees it listen. */
import { monotonicMs } from '../../runners/machine/clock.ts';
import { startAttempt, type Attempt, type Outcome } from './attempt.ts';
import { answerDeadlineMs, connectDeadlineMs, maxWaiting, patienceMs, periodMs } from './pace.ts';
import type { ProbeResult, ProbeTarget } from './prober.ts';
import type { Tracer, TraceSubject } from './tracer.ts';

/** How long the tracer's account of `listening` may come after the answer that it explains. */
const tracerGraceMs = 20;

/** A handshake on this kernel takes a tenth of it. */
const handshakeMs = 1;

export class Watch {
  readonly #target: ProbeTarget;
  readonly #tracer: Tracer | null;
  readonly #subject: TraceSubject;
  readonly #finish: (result: ProbeResult) => void;
  readonly #isSteady: boolean;
  readonly #open = new Set<Attempt>();
  readonly #beganAt = monotonicMs();
  #over = false;
  #timer: NodeJS.Timeout | null = null;
  #timeout: NodeJS.Timeout | null = null;
  /** The attempt in flight began before the tracer saw it listen: try again as soon as it has failed. */
  #hurry = false;
  #attempts = 0;
  #lastStartAt = 0;
  #lastFailureAt: number | null = null;
  #lastStatus: number | null = null;
  #lastError: string | null = null;
  #connectedAt: number | null = null;
  #listenedAt: number | null = null;
  #execAt: number | null = null;
  #loopDelayMs = 0;
  /** It is ready, and only the tracer's account of it is awaited. */
  #deliver: (() => void) | null = null;

  constructor(
    target: ProbeTarget,
    tracer: Tracer | null,
    finish: (result: ProbeResult) => void,
    isSteady: boolean,
  ) {
    this.#target = target;
    this.#tracer = target.sharesKernel ? tracer : null;
    this.#finish = finish;
    this.#isSteady = isSteady;
    this.#subject = {
      cgroupPath: target.cgroupPath,
      commandPath: target.commandPath,
      port: target.port,
      onHint: () => {
        this.#askNow();
      },
      onExec: (at) => {
        this.#execAt ??= at;
      },
      onListen: (at) => {
        this.#onListen(at);
      },
    };
  }

  /** Resolves when the tracer follows the instance and the first attempt has begun. */
  async begin(timeoutMs: number): Promise<void> {
    await this.#tracer?.follow(this.#subject);
    if (this.#over) return;
    this.#timeout = setTimeout(() => {
      this.cancel();
    }, timeoutMs);
    this.#attempt();
  }

  /** Ends it: not ready. */
  cancel(): void {
    if (this.#over) return;
    this.#end();
    this.#finish({
      ready: false,
      notReady: {
        connected: this.#connectedAt !== null,
        lastStatus: this.#lastStatus,
        lastError: this.#lastError,
        attempts: this.#attempts,
      },
    });
  }

  #attempt(): void {
    const elapsedMs = monotonicMs() - this.#beganAt;
    this.#attempts += 1;
    const attempt = startAttempt({
      target: this.#target,
      connectDeadlineMs: connectDeadlineMs(elapsedMs),
      answerDeadlineMs: answerDeadlineMs(elapsedMs),
      onConnect: ({ startedAt, connectedAt }) => {
        if (this.#connectedAt === null) {
          this.#connectedAt = connectedAt;
          this.#lastError = 'the connection was accepted, but no complete answer has come';
        }
        this.#hurry = false;
        this.#schedule(startedAt + patienceMs);
      },
      onEnd: (ended, outcome) => {
        this.#onEnd(ended, outcome);
      },
    });
    this.#lastStartAt = attempt.startedAt;
    this.#open.add(attempt);
  }

  #onEnd(attempt: Attempt, outcome: Outcome): void {
    this.#open.delete(attempt);
    if (outcome.good) {
      this.#ready(outcome.at);
      return;
    }
    this.#lastFailureAt = Math.max(this.#lastFailureAt ?? 0, attempt.startedAt);
    this.#lastStatus = outcome.status ?? this.#lastStatus;
    this.#lastError = outcome.error;
    if (this.#isConnecting()) return;
    if (this.#hurry) {
      this.#hurry = false;
      this.#attempt();
      return;
    }
    this.#schedule(this.#lastStartAt + this.#periodMs());
  }

  #onListen(at: number): void {
    if (this.#over || this.#listenedAt !== null) return;
    this.#listenedAt = at;
    if (this.#deliver) this.#deliver();
    else if (this.#lastStartAt < at) this.#askNow();
  }

  /** The tracer's word: there is, or will be in an instant, somebody to answer. */
  #askNow(): void {
    if (this.#over) return;
    this.#dropLostAttempts();
    if (this.#isConnecting()) {
      this.#hurry = true;
    } else if (this.#open.size < maxWaiting) {
      this.#attempt();
    }
  }

  /**
   * Where the instance's network is made by its start command, what was sent before is lost, and nobody refuses it: to
   * wait for its deadline would find readiness late.
   */
  #dropLostAttempts(): void {
    const now = monotonicMs();
    for (const attempt of this.#open) {
      if (attempt.connectedAt !== null || now - attempt.startedAt < handshakeMs) continue;
      attempt.cancel();
      this.#open.delete(attempt);
      this.#lastFailureAt = Math.max(this.#lastFailureAt ?? 0, attempt.startedAt);
    }
  }

  /** The one timer: begins the next attempt at the given moment, unless too many wait already. */
  #schedule(dueAt: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        const now = monotonicMs();
        this.#loopDelayMs = Math.max(this.#loopDelayMs, now - dueAt);
        if (this.#isConnecting()) return;
        if (this.#open.size < maxWaiting) this.#attempt();
        else this.#schedule(now + patienceMs);
      },
      // Node cuts fractions off, which would make every period up to 1 ms shorter.
      Math.max(0, Math.round(dueAt - monotonicMs())),
    );
  }

  #isConnecting(): boolean {
    for (const attempt of this.#open) if (attempt.connectedAt === null) return true;
    return false;
  }

  #periodMs(): number {
    return periodMs({
      elapsedMs: monotonicMs() - this.#beganAt,
      sharesKernel: this.#target.sharesKernel,
      isSteady: this.#isSteady,
      traced: this.#tracer?.alive === true,
      listening: this.#listenedAt !== null,
      answered: this.#lastStatus !== null,
    });
  }

  #ready(readyAt: number): void {
    const period = this.#periodMs();
    this.#stopAsking();
    const deliver = (): void => {
      if (this.#over) return;
      this.#end();
      const lowerBounds = [this.#lastFailureAt, this.#listenedAt].filter((at) => at !== null);
      this.#finish({
        ready: true,
        readiness: {
          readyAt,
          lastFailureAt: lowerBounds.length === 0 ? null : Math.max(...lowerBounds),
          listeningAt: this.#listenedAt ?? this.#connectedAt ?? readyAt,
          listeningBy: this.#listenedAt === null ? 'connect' : 'tracer',
          execAt: this.#execAt,
          attempts: this.#attempts,
          periodMs: period,
          loopDelayMs: this.#loopDelayMs,
        },
      });
    };
    if (this.#listenedAt === null && this.#tracer?.alive === true) {
      this.#deliver = deliver;
      setTimeout(deliver, tracerGraceMs);
    } else deliver();
  }

  #stopAsking(): void {
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#timeout) clearTimeout(this.#timeout);
    for (const attempt of this.#open) attempt.cancel();
    this.#open.clear();
  }

  #end(): void {
    this.#over = true;
    this.#stopAsking();
    this.#tracer?.unfollow(this.#subject);
  }
}
