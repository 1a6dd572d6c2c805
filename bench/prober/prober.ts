/** What the suite knows of the resident prober and load generator in the run's network namespace. */
import type { ServerReadiness } from '../../scenarios/resolved.ts';
import type { LoadQuestion, Question } from './question.ts';

type WithoutTimeout<Each> = Each extends ServerReadiness ? Omit<Each, 'timeoutMs'> : never;

export interface ProbeTarget {
  instance: string;
  host: string;
  port: number;
  readiness: WithoutTimeout<ServerReadiness>;
  /** Path of the instance's cgroup, by which the tracer's events are told apart. */
  cgroupPath: string;
  /** Absolute path of the workload's command inside the payload; its execution is the mark `exec`. */
  commandPath: string;
  /** `process` and `container` share this kernel, so its tracer sees them; a VM's guest it cannot see. */
  sharesKernel: boolean;
}

/** A program that ends by itself, as the kernel's tracer is to see it. */
export type ProgramTarget = Pick<ProbeTarget, 'instance' | 'cgroupPath' | 'commandPath'>;

/** Milliseconds on the monotonic clock; null: nobody saw it. */
export interface ProgramLife {
  /** The kernel executed the workload's command. */
  execAt: number | null;
  /** Its first process ended, as the kernel saw it. */
  endedAt: number | null;
}

export interface Readiness {
  /** First complete good answer, milliseconds on the monotonic clock. */
  readyAt: number;
  /**
   * The last moment at which it was certainly not ready: the start of the last attempt that failed, or the moment the
   * kernel saw it begin to listen, whichever is later. Null when neither was seen. The truth lies in
   * [lastFailureAt, readyAt].
   */
  lastFailureAt: number | null;
  /** The kernel saw the workload listen (tracer), else the first connection that was accepted. */
  listeningAt: number;
  listeningBy: 'tracer' | 'connect';
  /** The kernel executed the workload's command (tracer only). */
  execAt: number | null;
  attempts: number;
  /** Polling period in force at the end, milliseconds. */
  periodMs: number;
  /** Largest delay of the prober's own event loop while it watched, seen as lateness of its timers, milliseconds. */
  loopDelayMs: number;
}

/** Why an instance is not ready: what the prober saw last. */
export interface NotReady {
  connected: boolean;
  /** Status of the last complete answer; null: none came. */
  lastStatus: number | null;
  lastError: string | null;
  attempts: number;
  /** It was given up before its time was over, since it waits for nobody outside of its box; null: it was not. */
  gaveUpAfterMs: number | null;
  /** What the prober found out about the cause, a sentence each. */
  hints: string[];
}

export type ProbeResult = { ready: true; readiness: Readiness } | { ready: false; notReady: NotReady };

export interface LoadOptions extends LoadQuestion {
  host: string;
  port: number;
  rps: number;
  durationMs: number;
}

/** Open loop: latencies count from the intended send time, milliseconds, and are those of good answers alone. */
export interface LoadResult {
  /** Requests that the rate and the duration ask for. */
  offered: number;
  /** Requests handed to a connection or its queue; fewer than offered when too many were still unanswered. */
  sent: number;
  /** Complete answers with an accepted status. */
  ok: number;
  /** Offered and not ok. */
  errors: number;
  p50: number;
  p90: number;
  p99: number;
  max: number;
  /** Largest lag between intended and real send time. */
  sendLagMaxMs: number;
}

/** Closed loop: each connection asks again as soon as it was answered. */
export interface ClosedLoopOptions extends Question {
  host: string;
  port: number;
  connections: number;
  /** Rounded to whole seconds. */
  durationMs: number;
}

/** Latencies of all answers, milliseconds; good ones have a status below 400. */
export interface ClosedLoopResult {
  durationMs: number;
  ok: number;
  errors: number;
  p50: number;
  p90: number;
  p99: number;
  /** CPU time of the load generator, milliseconds, in steps of 10. */
  cpuMs: number;
}

export interface LoadAllOptions extends LoadQuestion {
  targets: { id: string; host: string; port: number }[];
  rpsPerTarget: number;
  durationMs: number;
}

/** As LoadResult, over all instances and for each; latencies are null where nothing was answered well. */
export interface LoadAllResult {
  /** From the first request until the last answer. */
  durationMs: number;
  offered: number;
  ok: number;
  errors: number;
  p50: number | null;
  p90: number | null;
  p99: number | null;
  max: number | null;
  sendLagMaxMs: number;
  targets: { id: string; offered: number; errors: number; p99: number | null; lastError: string | null }[];
}

/** One request after the other at fixed times, each over a connection of its own. */
export interface ObserveOptions extends LoadQuestion {
  host: string;
  port: number;
  rps: number;
  /** What has not been answered by then has failed. */
  timeoutMs: number;
}

/** Milliseconds on the monotonic clock. */
export interface ObservedRequest {
  /** When it was to be sent. */
  at: number;
  /** When its good answer was complete; null: none came in time. */
  answeredAt: number | null;
}

export interface Prober {
  /**
   * Begins to watch and resolves once the first attempt has been made or the tracer is armed, so that the instance
   * may be started. What it finds out about an instance that does not become ready goes to the log at once. `result` resolves when the instance is ready, when `timeoutMs` has passed, or after `cancel`. It
   * rejects with a ProberError when the prober itself has ended.
   */
  watch(target: ProbeTarget, timeoutMs: number): Promise<{ result: Promise<ProbeResult>; cancel(): void }>;
  /** Resolves once the tracer follows the program; `finish` when it is known to have ended, for what was seen of it. */
  follow(target: ProgramTarget): Promise<{ finish(): Promise<ProgramLife> }>;
  /** One GET, for facts and checks. Rejects with a ProberError, also when nothing comes for `timeoutMs`. */
  get(
    target: { host: string; port: number } & Question,
    timeoutMs: number,
  ): Promise<{ status: number; body: string }>;
  /** Rejects with a ProberError when not one request was answered well, since there is no latency then, and when aborted. */
  load(options: LoadOptions, signal?: AbortSignal): Promise<LoadResult>;
  /** Load as much as it can take. Rejects as `load` does, and without wrk. */
  saturate(options: ClosedLoopOptions, signal?: AbortSignal): Promise<ClosedLoopResult>;
  /** Load on many instances at the same time. */
  loadAll(options: LoadAllOptions, signal?: AbortSignal): Promise<LoadAllResult>;
  /** Resolves once requests are being sent; `finish` ends that, for what became of each. */
  observe(options: ObserveOptions): Promise<{ finish(): Promise<ObservedRequest[]> }>;
  /** Connects to a port as soon as it listens, and sends back all that comes; `finish` ends that. */
  echo(target: { host: string; port: number }): Promise<{ finish(): Promise<void> }>;
  /** Milliseconds for as many round trips to a port that nobody listens on. Rejects with a ProberError when nobody answers. */
  timeRoundTrips(target: { host: string; port: number; count: number }): Promise<number>;
  /** Whether the kernel's tracer serves, and if not, why. */
  readonly tracer: { available: boolean; reason: string | null };
  /** CPU time the prober has used, and its age, milliseconds; resident memory, bytes. */
  usage(): Promise<{ cpuMs: number; ageMs: number; rssBytes: number }>;
  close(): Promise<void>;
}
