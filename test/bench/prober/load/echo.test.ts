/** The peer of a workload that puts its network to work. */
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { echo } from '../../../../bench/prober/load/echo.ts';

let server: Server | null = null;
afterEach(() => server?.close());

/** A port that nobody listens on yet. */
async function freePort(): Promise<number> {
  const probe = createServer();
  const port = await listen(probe, 0);
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function listen(on: Server, port: number): Promise<number> {
  return new Promise((resolve) => {
    on.listen(port, '127.0.0.1', () => {
      const address = on.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

const nextConnection = (on: Server): Promise<Socket> =>
  new Promise((resolve) => on.once('connection', resolve));

/** What comes back of so many bytes. */
async function sentBack(socket: Socket, data: Buffer): Promise<Buffer> {
  const parts: Buffer[] = [];
  socket.write(data);
  for await (const part of socket as AsyncIterable<Buffer>) {
    parts.push(part);
    if (parts.reduce((sum, { length }) => sum + length, 0) >= data.length) break;
  }
  return Buffer.concat(parts);
}

it('connects once somebody listens, sends back what it gets, and ends when it is told to', async () => {
  const port = await freePort();
  const over = new AbortController();
  const echoing = echo({ host: '127.0.0.1', port }, over.signal);
  // It has been refused before.
  await new Promise((resolve) => setTimeout(resolve, 20));
  server = createServer();
  await listen(server, port);
  const first = await nextConnection(server);
  // More than a connection holds on its way.
  const bulk = Buffer.alloc(8 << 20, 'tare');
  expect((await sentBack(first, bulk)).equals(bulk)).toBe(true);
  // Leaving the loop has closed the first; it is followed by another.
  const second = await nextConnection(server);
  const closed = new Promise((resolve) => second.once('close', resolve));
  second.resume();
  over.abort();
  await echoing;
  await closed;
});
