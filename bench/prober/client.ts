/** Starts the resident prober in the run's network namespace and speaks with it. */
import { startResident, type ResidentProgram } from '../../runners/machine/command.ts';
import type { Lease, LeaseEntry } from '../../runners/machine/lease/lease.ts';
import { removeTracingInstance } from '../../runners/machine/kernel/tracing-instance.ts';
import type { Log } from '../../runners/machine/log.ts';
import { commandLine } from './command-line.ts';
import { deferred } from './deferred.ts';
import type { Reply, Request, Unnumbered } from './messages.ts';
import { ProberError } from './prober-error.ts';
import type { Question } from './question.ts';
import type {
  ClosedLoopOptions,
  ClosedLoopResult,
  LoadAllOptions,
  LoadAllResult,
  LoadOptions,
  LoadResult,
  ObservedRequest,
  ObserveOptions,
  Prober,
  ProbeResult,
  ProbeTarget,
  ProgramLife,
  ProgramTarget,
} from './prober.ts';

export interface ProberOptions {
  /** Path of the run's network namespace. */
  nsPath: string;
  /** Name for the tracing instance, unique on the machine; null: do without the tracer. */
  traceName: string | null;
  /** CPU numbers it is kept on; null: wherever the kernel puts it. */
  cpus: number[] | null;
  /** For virtual time: the same work takes the same instructions, and it asks hardly ever while the tracer watches. */
  isSteady?: boolean;
  lease: Lease;
  log: Log;
  /** Aborted: every watch ends as not ready, every load is cancelled. */
  signal: AbortSignal;
}

/** From its source, on an emulated and busy machine, half a minute was too short. */
const helloTimeoutMs = 300_000;
const closeTimeoutMs = 5_000;

export async function startProber(options: ProberOptions): Promise<Prober> {
  const trace: TraceEntry | null = options.traceName ? { kind: 'tracer', name: options.traceName } : null;
  if (trace) await options.lease.add(trace);
  const [program, ...args] = commandLine(options);
  const client = new ProberClient(startResident(program, args), options, trace);
  try {
    await client.greeted;
  } catch (error) {
    await client.close();
    throw error;
  }
  if (!client.tracer.available) {
    options.log.debug(`no kernel tracing, the prober polls: ${client.tracer.reason ?? 'unknown'}`);
  }
  return client;
}

type TraceEntry = Extract<LeaseEntry, { kind: 'tracer' }>;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
  onArmed(): void;
  onHint(text: string): void;
}

const inSilence = { onArmed: (): void => undefined, onHint: (): void => undefined };

class ProberClient implements Prober {
  tracer: Prober['tracer'] = { available: false, reason: 'not started' };
  /** Resolves with its first message. */
  readonly greeted: Promise<unknown>;
  readonly #program: ResidentProgram;
  readonly #options: ProberOptions;
  readonly #trace: TraceEntry | null;
  readonly #waiting = new Map<number, Waiting>();
  readonly #onAbort = (): void => {
    for (const id of this.#waiting.keys()) this.#cancel(id);
  };
  readonly #hints = new Set<string>();
  #lastId = 0;
  #ended: ProberError | null = null;
  #closing: Promise<void> | null = null;

  constructor(program: ResidentProgram, options: ProberOptions, trace: TraceEntry | null) {
    this.#program = program;
    this.#options = options;
    this.#trace = trace;
    const greeting = deferred<null>();
    this.greeted = greeting.promise;
    const late = setTimeout(() => {
      greeting.reject(new ProberError(`the prober did not answer within ${helloTimeoutMs / 1000} s`));
    }, helloTimeoutMs);
    program.onMessage((message) => {
      const reply = message as Reply;
      if (reply.kind !== 'hello') {
        this.#receive(reply);
        return;
      }
      clearTimeout(late);
      this.tracer = reply.tracer;
      greeting.resolve(null);
    });
    void program.exited.then(({ code, signal }) => {
      clearTimeout(late);
      const how = signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
      this.#ended = new ProberError(
        `the prober has ended (${how}); it needs root and the programs nsenter, unshare, setpriv and taskset`,
      );
      greeting.reject(this.#ended);
      for (const waiting of this.#waiting.values()) waiting.reject(this.#ended);
      this.#waiting.clear();
    });
    options.signal.addEventListener('abort', this.#onAbort);
  }

  async watch(
    target: ProbeTarget,
    timeoutMs: number,
  ): Promise<{ result: Promise<ProbeResult>; cancel(): void }> {
    const armed = deferred<null>();
    const { id, answer } = this.#ask(
      { kind: 'watch', target, timeoutMs },
      {
        onArmed: () => {
          armed.resolve(null);
        },
        onHint: (text) => {
          // Each sample of a platform would say it again.
          if (!this.#hints.has(text)) this.#options.log.warn(`${target.instance}: ${text}`);
          this.#hints.add(text);
        },
      },
    );
    const result = answer as Promise<ProbeResult>;
    // Whoever awaits it sees the rejection; who does not (the instance has died before) must not be killed by it.
    result.catch((error: unknown) => {
      armed.reject(error);
    });
    if (this.#options.signal.aborted) this.#cancel(id);
    await Promise.race([armed.promise, result]);
    return {
      result,
      cancel: () => {
        this.#cancel(id);
      },
    };
  }

  async follow(target: ProgramTarget): Promise<{ finish(): Promise<ProgramLife> }> {
    const finish = await this.#begin({ kind: 'follow', target });
    return { finish: async () => (await finish()) as ProgramLife };
  }

  async observe(options: ObserveOptions): Promise<{ finish(): Promise<ObservedRequest[]> }> {
    const finish = await this.#begin({ kind: 'observe', options });
    return { finish: async () => (await finish()) as ObservedRequest[] };
  }

  async echo(target: { host: string; port: number }): Promise<{ finish(): Promise<void> }> {
    return { finish: (await this.#begin({ kind: 'echo', target })) as () => Promise<void> };
  }

  /** Resolves once what was asked has begun; what that returns ends it and tells what came of it. */
  async #begin(request: Unnumbered): Promise<() => Promise<unknown>> {
    const armed = deferred<unknown>();
    const { id, answer } = this.#ask(request, {
      ...inSilence,
      onArmed: () => {
        armed.resolve(null);
      },
    });
    answer.catch(armed.reject);
    await Promise.race([armed.promise, answer]);
    return () => {
      this.#cancel(id);
      return answer;
    };
  }

  async get(
    target: { host: string; port: number } & Question,
    timeoutMs: number,
  ): Promise<{ status: number; body: string }> {
    const { id, answer } = this.#ask({ kind: 'get', target, timeoutMs });
    if (this.#options.signal.aborted) this.#cancel(id);
    return (await answer) as { status: number; body: string };
  }

  async load(options: LoadOptions, signal?: AbortSignal): Promise<LoadResult> {
    return (await this.#untilAborted({ kind: 'load', options }, signal)) as LoadResult;
  }

  async saturate(options: ClosedLoopOptions, signal?: AbortSignal): Promise<ClosedLoopResult> {
    return (await this.#untilAborted({ kind: 'saturate', options }, signal)) as ClosedLoopResult;
  }

  async loadAll(options: LoadAllOptions, signal?: AbortSignal): Promise<LoadAllResult> {
    return (await this.#untilAborted({ kind: 'load-all', options }, signal)) as LoadAllResult;
  }

  async #untilAborted(request: Unnumbered, signal?: AbortSignal): Promise<unknown> {
    const { id, answer } = this.#ask(request);
    const cancel = (): void => {
      this.#cancel(id);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    if (this.#options.signal.aborted || signal?.aborted === true) cancel();
    try {
      return await answer;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  async timeRoundTrips(target: { host: string; port: number; count: number }): Promise<number> {
    return (await this.#ask({ kind: 'round-trips', target }).answer) as number;
  }

  async usage(): Promise<{ cpuMs: number; ageMs: number; rssBytes: number }> {
    return (await this.#ask({ kind: 'usage' }).answer) as { cpuMs: number; ageMs: number; rssBytes: number };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    for (const id of this.#waiting.keys()) this.#cancel(id);
    const kill = setTimeout(() => {
      this.#program.kill();
    }, closeTimeoutMs);
    try {
      await this.#ask({ kind: 'close' }).answer;
    } catch (error) {
      this.#options.log.debug(`closing the prober: ${String(error)}`);
    } finally {
      clearTimeout(kill);
      this.#program.kill();
      await this.#program.exited;
    }
    if (!this.#trace) return;
    // Gone already, unless the prober was killed. If this fails the lease still holds it, and the run's end tries again.
    await removeTracingInstance(this.#trace.name);
    await this.#options.lease.drop(this.#trace);
  }

  #ask(
    request: Unnumbered,
    { onArmed, onHint }: Pick<Waiting, 'onArmed' | 'onHint'> = inSilence,
  ): { id: number; answer: Promise<unknown> } {
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve, reject } = deferred<unknown>();
    if (this.#ended) {
      reject(this.#ended);
      return { id, answer: promise };
    }
    this.#waiting.set(id, { resolve, reject, onArmed, onHint });
    this.#send({ ...request, id });
    return { id, answer: promise };
  }

  #cancel(id: number): void {
    if (this.#waiting.has(id)) this.#send({ kind: 'cancel', id });
  }

  /** A message that cannot be sent means that the prober is ending; `exited` then answers everybody who waits. */
  #send(request: Request): void {
    this.#program.send({ ...request }).catch((error: unknown) => {
      this.#options.log.debug(`the prober cannot be reached: ${String(error)}`);
    });
  }

  #receive(reply: Exclude<Reply, { kind: 'hello' }>): void {
    const waiting = this.#waiting.get(reply.id);
    if (!waiting) return;
    if (reply.kind === 'armed') {
      waiting.onArmed();
      return;
    }
    if (reply.kind === 'hint') {
      waiting.onHint(reply.text);
      return;
    }
    this.#waiting.delete(reply.id);
    if (reply.kind === 'result') waiting.resolve(reply.value);
    else waiting.reject(new ProberError(reply.message));
  }
}
