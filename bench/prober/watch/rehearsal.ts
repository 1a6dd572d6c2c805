/**
 * Before the first instance: asks a server of this program's own a few times. That shows whether the tracer really
 * reports what happens here, and it loads and compiles the code which would otherwise delay the first sample.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAttempt } from './attempt.ts';
import type { Tracer } from './tracer.ts';

const rounds = 30;

/** @returns why the tracer does not serve; null when it does, or when there is none */
export async function rehearse(tracer: Tracer | null): Promise<string | null> {
  const seen = { thread: null as number | null };
  const subject = {
    cgroupPath: '',
    commandPath: '',
    port: 0,
    onExec: () => undefined,
    onListen: (_at: number, thread: number) => {
      seen.thread = thread;
    },
  };
  await tracer?.follow(subject);
  const server = createServer((_request, response) => response.end('ok')).listen(0);
  try {
    subject.port = (server.address() as AddressInfo).port;
    for (let round = 0; round < rounds; round += 1) await attemptOnce(subject.port);
    for (let waitedMs = 0; tracer && seen.thread === null && waitedMs < 1000; waitedMs += 10) await sleep(10);
  } finally {
    tracer?.unfollow(subject);
    server.close();
  }
  if (!tracer || seen.thread === process.pid) return null;
  return seen.thread === null
    ? 'the kernel reported no event for a socket that was opened'
    : 'the kernel numbers processes otherwise than this process namespace does';
}

/** Good or bad does not matter here: the loopback device may be down. */
function attemptOnce(port: number): Promise<void> {
  return new Promise((resolve) => {
    const attempt = startAttempt({
      target: {
        host: '127.0.0.1',
        port,
        readiness: { by: 'http', path: '/', status: 200, bodyContains: 'ok' },
      },
      connectDeadlineMs: 100,
      onConnect: () => undefined,
      onEnd: () => {
        clearTimeout(late);
        resolve();
      },
    });
    const late = setTimeout(() => {
      attempt.cancel();
      resolve();
    }, 200);
  });
}
