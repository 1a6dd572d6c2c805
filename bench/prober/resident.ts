/**
 * The resident prober: a program of its own inside the run's network namespace, so that nothing the harness does
 * delays it. It obeys messages from its client, and ends when the client is gone.
 */
import { monotonicMs } from '../../runners/machine/clock.ts';
import { deferred } from './deferred.ts';
import type { Answer } from './http/exchange.ts';
import { askOnce } from './http/ask-once.ts';
import { runClosedLoop } from './load/closed-loop.ts';
import { runLoad } from './load/load.ts';
import { echo } from './load/echo.ts';
import { observe } from './load/observe.ts';
import { runLoadOnAll } from './load/load-all.ts';
import type { Reply, Request } from './messages.ts';
import { raisePriority } from './priority.ts';
import type { Question } from './question.ts';
import { FollowedProgram } from './watch/followed-program.ts';
import { rehearse } from './watch/rehearsal.ts';
import { timeRoundTrips } from './round-trips.ts';
import { steadyCode } from './steady-code.ts';
import { Tracer } from './watch/tracer.ts';
import { Watch } from './watch/watch.ts';

// Every refused connection is an error; nobody reads where in this program it arose, and to find out costs time.
Error.stackTraceLimit = 0;

const beganAt = monotonicMs();
/** How to end what runs under an id. */
const cancels = new Map<number, () => void>();

/** Only for virtual time. */
const collectGarbage = process.argv[3] === 'steady' ? steadyCode() : null;

/** Heard from the first moment on: the client may be gone before the tracer is open, and nobody says so again. */
const clientIsGone = new Promise<void>((resolve) => {
  process.once('disconnect', resolve);
  if (!process.connected) resolve();
});

await main(process.argv[2] ?? '');

async function main(traceName: string): Promise<void> {
  await raisePriority();
  const { tracer, reason } = await openTracer(traceName);
  void clientIsGone.then(() => leave(tracer));
  process.on('message', (message) => {
    const request = message as Request;
    obey(request, tracer).then(
      (value) => {
        if (request.kind !== 'cancel') tell({ kind: 'result', id: request.id, value: value ?? null });
      },
      (error: unknown) => {
        tell({
          kind: 'error',
          id: request.id,
          message: error instanceof Error ? error.message : String(error),
        });
      },
    );
  });
  tell({ kind: 'hello', tracer: { available: tracer !== null, reason } });
}

async function obey(request: Request, tracer: Tracer | null): Promise<unknown> {
  switch (request.kind) {
    case 'watch':
      return watch(request, tracer);
    case 'follow':
      return follow(request, tracer);
    case 'get':
      return cancellable(request.id, (signal) => get(request.target, request.timeoutMs, signal));
    case 'load':
      return cancellable(request.id, (signal) => runLoad(request.options, signal));
    case 'saturate':
      return cancellable(request.id, (signal) => runClosedLoop(request.options, signal));
    case 'load-all':
      return cancellable(request.id, (signal) => runLoadOnAll(request.options, signal));
    case 'observe':
      return untilCancelled(request.id, (signal) => observe(request.options, signal));
    case 'echo':
      return untilCancelled(request.id, (signal) => echo(request.target, signal));
    case 'round-trips':
      return timeRoundTrips(request.target);
    case 'usage':
      return usage();
    case 'cancel':
      cancels.get(request.id)?.();
      return null;
    case 'close':
      await tracer?.close();
      return null;
  }
}

async function watch(request: Extract<Request, { kind: 'watch' }>, tracer: Tracer | null): Promise<unknown> {
  const { id, target, timeoutMs } = request;
  const { promise, resolve } = deferred<unknown>();
  collectGarbage?.();
  const watching = new Watch(target, tracer, {
    finish: resolve,
    hint: (text) => {
      tell({ kind: 'hint', id, text });
    },
    isSteady: collectGarbage !== null,
  });
  cancels.set(id, () => {
    watching.cancel();
  });
  try {
    await watching.begin(timeoutMs);
    tell({ kind: 'armed', id });
    return await promise;
  } finally {
    cancels.delete(id);
  }
}

async function follow(
  request: Extract<Request, { kind: 'follow' }>,
  tracer: Tracer | null,
): Promise<unknown> {
  const { id, target } = request;
  const { promise, resolve } = deferred<null>();
  cancels.set(id, () => {
    resolve(null);
  });
  const program = new FollowedProgram(target, tracer);
  try {
    await program.begin();
    tell({ kind: 'armed', id });
    await promise;
    return await program.finish();
  } finally {
    cancels.delete(id);
  }
}

/** What goes on until it is cancelled, and then tells what came of it. */
async function untilCancelled(id: number, work: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> {
  const end = new AbortController();
  cancels.set(id, () => {
    end.abort();
  });
  try {
    tell({ kind: 'armed', id });
    return await work(end.signal);
  } finally {
    cancels.delete(id);
  }
}

async function cancellable(id: number, work: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> {
  const abort = new AbortController();
  cancels.set(id, () => {
    abort.abort(new Error('it was cancelled'));
  });
  try {
    return await work(abort.signal);
  } catch (error) {
    // Whatever it was doing just then has its own words for the end of it.
    throw abort.signal.aborted ? abort.signal.reason : error;
  } finally {
    cancels.delete(id);
  }
}

function get(
  target: { host: string; port: number } & Question,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<unknown> {
  const { host, port, path, scheme = 'http' } = target;
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      socket.destroy();
      reject(new Error(`GET ${scheme}://${host}:${port}${path}: ${error.message}`));
    };
    const onAnswer = ({ status, body }: Answer): void => {
      socket.destroy();
      resolve({ status, body });
    };
    const socket = askOnce(target, { signal, timeoutMs }, onAnswer, fail);
  });
}

function usage(): { cpuMs: number; ageMs: number; rssBytes: number } {
  const { user, system } = process.cpuUsage();
  return {
    cpuMs: (user + system) / 1000,
    ageMs: monotonicMs() - beganAt,
    rssBytes: process.memoryUsage.rss(),
  };
}

async function openTracer(name: string): Promise<{ tracer: Tracer | null; reason: string | null }> {
  if (name === '') {
    await rehearse(null);
    return { tracer: null, reason: 'switched off' };
  }
  const tracer = await Tracer.open(name).catch((error: unknown) =>
    error instanceof Error ? error : new Error(String(error)),
  );
  if (tracer instanceof Error) {
    await rehearse(null);
    return { tracer: null, reason: tracer.message };
  }
  const reason = await rehearse(tracer);
  if (reason !== null) await tracer.close();
  return { tracer: reason === null ? tracer : null, reason };
}

/** The client is gone: nothing may stay behind, least of all this program. */
async function leave(tracer: Tracer | null): Promise<void> {
  try {
    await tracer?.close();
  } finally {
    // Not exit(): it would wait for a thread that may still block in the tracer's pipe.
    process.kill(process.pid, 'SIGKILL');
  }
}

function tell(reply: Reply): void {
  process.send?.(reply, undefined, undefined, () => undefined);
}
