/**
 * Unix sockets on which the harness listens and QEMU connects. This way round, there is nothing to poll for: the
 * connection is there the moment QEMU makes it, and nothing that QEMU says is lost.
 */
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';

export interface Listener {
  readonly path: string;
  /** Resolves with the first connection; pending for ever when none comes. */
  readonly connection: Promise<Socket>;
  /** Ends the listening and the connection, and removes the socket. */
  close(): Promise<void>;
}

/** The kernel's `sun_path` has 108 bytes, the last of them NUL. */
const maxPathBytes = 107;

export async function listenOn(path: string): Promise<Listener> {
  if (Buffer.byteLength(path) > maxPathBytes) {
    throw new Error(`a socket's path has at most ${maxPathBytes} bytes; this has more: ${path}`);
  }
  const sockets: Socket[] = [];
  const server = createServer();
  const connection = new Promise<Socket>((resolve) => {
    server.on('connection', (socket) => {
      // An end is told by 'close'; a reset by a killed QEMU is one too.
      socket.on('error', () => undefined);
      sockets.push(socket);
      resolve(socket);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    path,
    connection,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(path, { force: true });
    },
  };
}
