/** The other end for a workload that puts its network to work: connects to it once it listens, and sends back whatever it gets. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A guest that still boots answers nothing, and TCP itself asks again after a whole second. */
const attemptMs = 30;
const pauseMs = 2;

/** Until the signal is aborted. A connection that the workload ends is followed by the next. */
export async function echo(target: { host: string; port: number }, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await serveOnce(target, signal);
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Resolves when the connection is over, or none came about. */
function serveOnce({ host, port }: { host: string; port: number }, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const socket: Socket = connect({ host, port, noDelay: true });
    const end = (): void => {
      socket.destroy();
    };
    signal.addEventListener('abort', end, { once: true });
    socket.setTimeout(attemptMs, end);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.pipe(socket);
    });
    // `close` follows.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      signal.removeEventListener('abort', end);
      resolve();
    });
  });
}
