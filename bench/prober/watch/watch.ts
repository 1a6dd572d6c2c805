/** Watches one instance until it is ready, as pace.ts says, and reacts at once when the tracer sees it listen. */
import { monotonicMs } from '../../../runners/machine/clock.ts';
import { startAttempt, type Attempt, type Outcome } from './attempt.ts';
import { Clues, isLoopback } from './clues.ts';
import { cpuTimeOf } from './cpu-time.ts';
import { FailedAttempts } from './failed-attempts.ts';
import { connectDeadlineMs, lookAfterMs, maxWaiting, periodMs } from './pace.ts';
import { Patience } from './patience.ts';
import type { ProbeResult, ProbeTarget } from '../prober.ts';
import { prepareTls } from '../http/secure.ts';
import type { Tracer, TraceSubject } from './tracer.ts';

/** How long the tracer's account of `listening` may come after the answer that it explains. */
const tracerGraceMs = 20;

/** A handshake on this kernel takes a tenth of it. */
const handshakeMs = 1;

export interface WatchOptions {
  finish: (result: ProbeResult) => void;
  /** Told at once, while it goes on. */
  hint: (text: string) => void;
  /** In virtual time. */
  isSteady: boolean;
}

/** Watches that have begun, have no tracer, and are not over. */
let polled = 0;

export class Watch {
  readonly #target: ProbeTarget;
  readonly #tracer: Tracer | null;
  readonly #subject: TraceSubject;
  readonly #finish: (result: ProbeResult) => void;
  readonly #isSteady: boolean;
  readonly #clues: Clues;
  readonly #patience = new Patience();
  readonly #open = new Set<Attempt>();
  readonly #failed = new FailedAttempts();
  readonly #beganAt = monotonicMs();
  #over = false;
  /** It is one of those that are polled. */
  #isCounted = false;
  #timer: NodeJS.Timeout | null = null;
  #timeout: NodeJS.Timeout | null = null;
  /** The attempt in flight began before the tracer saw it listen: try again as soon as it has failed. */
  #hurry = false;
  #attempts = 0;
  #lastStartAt = 0;
  #connectedAt: number | null = null;
  #listenedAt: number | null = null;
  #execAt: number | null = null;
  #loopDelayMs = 0;
  /** CPU time of the instance when it was last looked at. */
  #usedCpu: { at: number; ms: number | null } | null = null;
  /** It is ready, and only the tracer's account of it is awaited. */
  #deliver: (() => void) | null = null;

  constructor(target: ProbeTarget, tracer: Tracer | null, { finish, hint, isSteady }: WatchOptions) {
    this.#target = target;
    this.#tracer = target.sharesKernel ? tracer : null;
    this.#finish = finish;
    this.#isSteady = isSteady;
    this.#clues = new Clues(target, this.#tracer !== null, hint, () => {
      this.#fail(monotonicMs() - this.#beganAt);
    });
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
      onListen: (at, _thread, address) => {
        this.#clues.listens(target.port, address);
        if (!isLoopback(address) || isLoopback(target.host)) this.#onListen(at);
      },
      onOtherPort: (port, address) => {
        this.#clues.listens(port, address);
      },
      onUnlisten: (port, address) => {
        this.#clues.unlistens(port, address);
      },
    };
  }

  /** Resolves when the tracer follows the instance and the first attempt has begun. */
  async begin(timeoutMs: number): Promise<void> {
    const { readiness } = this.#target;
    if (readiness.by === 'http' && readiness.scheme === 'https') await prepareTls();
    await this.#tracer?.follow(this.#subject);
    if (this.#over) return;
    this.#isCounted = this.#tracer === null;
    if (this.#isCounted) polled += 1;
    this.#timeout = setTimeout(() => {
      this.cancel();
    }, timeoutMs);
    this.#attempt();
  }

  /** Ends it: not ready. */
  cancel(): void {
    this.#fail(null);
  }

  #fail(gaveUpAfterMs: number | null): void {
    if (this.#over) return;
    const connected = this.#connectedAt !== null;
    const lastError = this.#failed.lastSeen([...this.#open].find(({ connectedAt }) => connectedAt !== null));
    const hints = this.#clues.end({ refused: !connected && lastError?.includes('ECONNREFUSED') === true });
    const seen = { connected, lastError, hints, gaveUpAfterMs };
    this.#end();
    this.#finish({
      ready: false,
      notReady: { ...seen, lastStatus: this.#failed.lastStatus, attempts: this.#attempts },
    });
  }

  #attempt(): void {
    const elapsedMs = monotonicMs() - this.#beganAt;
    this.#attempts += 1;
    const attempt = startAttempt({
      target: this.#target,
      connectDeadlineMs: connectDeadlineMs(elapsedMs),
      onConnect: ({ connectedAt }) => {
        this.#connectedAt ??= connectedAt;
        this.#clues.connected();
        this.#hurry = false;
        if (this.#waiting() > 1) return;
        this.#patience.reset();
        this.#usedCpu = null;
        this.#schedule(monotonicMs() + lookAfterMs);
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
    this.#failed.add(attempt, outcome);
    this.#clues.failed(outcome);
    if (this.#isConnecting()) return;
    if (this.#hurry) {
      this.#hurry = false;
      this.#attempt();
      return;
    }
    // Beside one that waits only a server that has answered another is asked on, and not as often.
    const answers = outcome.status !== null;
    if (this.#waiting() > 0 && !answers) this.#schedule(monotonicMs() + lookAfterMs);
    else this.#schedule(this.#lastStartAt + this.#periodMs(), answers);
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
      this.#failed.addLost(attempt);
    }
  }

  /** Something has been accepted and is not answered yet: looks again later, and begins another attempt when that is due. */
  async #wait(): Promise<void> {
    const before = this.#usedCpu ?? { at: monotonicMs() - lookAfterMs, ms: null };
    const ms = await cpuTimeOf(this.#target.cgroupPath);
    if (this.#over || this.#deliver || this.#isConnecting()) return;
    const at = monotonicMs();
    this.#usedCpu = { at, ms };
    const cpuMs = ms === null || before.ms === null ? null : ms - before.ms;
    const isDue = this.#patience.pass({ elapsedMs: at - before.at, cpuMs });
    this.#schedule(at + lookAfterMs);
    if (isDue || this.#waiting() === 0) this.#attempt();
  }

  /** The one timer: at the given moment it begins the next attempt, or looks after those that wait. */
  #schedule(dueAt: number, besides = false): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#loopDelayMs = Math.max(this.#loopDelayMs, monotonicMs() - dueAt);
        if (this.#isConnecting()) return;
        if (this.#waiting() === 0 || (besides && this.#open.size < maxWaiting)) this.#attempt();
        else void this.#wait();
      },
      // Node cuts fractions off, which would make every period up to 1 ms shorter.
      Math.max(0, Math.round(dueAt - monotonicMs())),
    );
  }

  #isConnecting(): boolean {
    for (const attempt of this.#open) if (attempt.connectedAt === null) return true;
    return false;
  }

  #waiting(): number {
    return [...this.#open].filter(({ connectedAt }) => connectedAt !== null).length;
  }

  #periodMs(): number {
    return periodMs({
      elapsedMs: monotonicMs() - this.#beganAt,
      sharesKernel: this.#target.sharesKernel,
      isSteady: this.#isSteady,
      traced: this.#tracer?.alive === true,
      listening: this.#listenedAt !== null,
      waiting: this.#waiting() > 0,
      polled,
      exchangeMs: this.#connectedAt === null ? null : this.#failed.exchangeMs,
    });
  }

  #ready(readyAt: number): void {
    const period = this.#periodMs();
    this.#stopAsking();
    const deliver = (): void => {
      if (this.#over) return;
      this.#end();
      const lowerBounds = [this.#failed.lastAt, this.#listenedAt].filter((at) => at !== null);
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
    if (this.#isCounted) polled -= 1;
    this.#isCounted = false;
    this.#clues.stop();
    this.#stopAsking();
    this.#tracer?.unfollow(this.#subject);
  }
}
