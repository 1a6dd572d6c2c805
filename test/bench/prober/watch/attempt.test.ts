/** Attempts against servers of the test's own that speak something else than HTTP. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startAttempt, type Outcome } from '../../../../bench/prober/watch/attempt.ts';

type Exchange = { send: string; expect: string } | null;

/** Asks a server once; `serve` is called for the connection. */
async function ask(exchange: Exchange, serve: (socket: Socket) => void): Promise<Outcome> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return await new Promise((resolve) => {
    startAttempt({
      target: { host: '127.0.0.1', port, readiness: { by: 'tcp', exchange } },
      connectDeadlineMs: 60_000,
      onConnect: () => undefined,
      onEnd: (_, outcome) => {
        resolve(outcome);
      },
    });
  });
}

test('bytes are sent as they are, and an answer may come in pieces', async () => {
  const received: Buffer[] = [];
  const outcome = await ask({ send: '\0\xffQ\n', expect: '^\x01.+\xfe$' }, (socket) => {
    socket.on('data', (chunk: Buffer) => {
      received.push(chunk);
      socket.write(Buffer.from([1, 10, 13]));
      void sleep(20).then(() => socket.write(Buffer.from([7, 0xfe])));
    });
  });
  expect(outcome.good).toBe(true);
  expect(Buffer.concat(received)).toEqual(Buffer.from([0, 0xff, 0x51, 10]));
});

test('without anything to send the greeting is what counts', async () => {
  const outcome = await ask({ send: '', expect: '^220 ' }, (socket) => socket.write('220 ready\r\n'));
  expect(outcome.good).toBe(true);
});

test('without an exchange the connection is enough', async () => {
  expect((await ask(null, () => undefined)).good).toBe(true);
});

test('an answer that does not match is shown once the connection is closed', async () => {
  const outcome = await ask({ send: 'PING\r\n', expect: '^\\+PONG' }, (socket) => {
    socket.end('-LOADING\r\n');
  });
  expect(outcome).toMatchObject({
    good: false,
    status: null,
    error: 'the connection was closed after an answer that does not match: "-LOADING\\r\\n"',
  });
});

test('an answer without end that never matches is given up', async () => {
  const outcome = await ask({ send: '', expect: 'never' }, (socket) => {
    socket.write(Buffer.alloc(100_000, 'x'));
  });
  expect(outcome).toMatchObject({ good: false, error: 'nothing in 65536 bytes of answer matches' });
});
