/** Watching a server of the test's own that never becomes ready. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { NotReady, ProbeTarget } from '../../../../bench/prober/prober.ts';
import { Watch } from '../../../../bench/prober/watch/watch.ts';

/** Watches until `serve`, called with each connection and how many came before it, says that it is enough. */
async function watch(serve: (socket: Socket, before: number, enough: () => void) => void): Promise<NotReady> {
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket.on('error', () => undefined));
    serve(socket, connections.size - 1, () => {
      watching.cancel();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const connection of connections) connection.destroy();
    server.close();
  });
  const target: ProbeTarget = {
    instance: 'test',
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    readiness: { by: 'http', path: '/', status: 200, bodyContains: null },
    cgroupPath: '/',
    commandPath: '/bin/true',
    sharesKernel: false,
  };
  let watching!: Watch;
  return await new Promise((resolve, reject) => {
    watching = new Watch(target, null, {
      finish: (result) => {
        if (result.ready) reject(new Error('it was ready'));
        else resolve(result.notReady);
      },
      hint: () => undefined,
      isSteady: false,
    });
    void watching.begin(60_000);
  });
}

test('a server that broke connections off is not judged by the one in flight at the end alone', async () => {
  const seen = await watch((socket, before, enough) => {
    socket.on('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbeg');
      if (before < 2) socket.destroySoon();
      else setTimeout(enough, 50);
    });
  });
  expect(seen).toMatchObject({ connected: true, lastStatus: null });
  expect(seen.lastError).toMatch(/broke off.*; the last connection was accepted, but status 200/);
});

test('a server that takes a connection and is silent is told by that one', async () => {
  const seen = await watch((socket, _, enough) => {
    socket.on('data', enough);
  });
  expect(seen).toMatchObject({ connected: true, lastStatus: null });
  expect(seen.lastError).toBe('the connection was accepted, but no answer has arrived');
});
