/** One GET over a connection of its own. */
import type { Socket } from 'node:net';
import { monotonicMs } from '../../runners/machine/clock.ts';
import { parseResponse, type Response } from './http-response.ts';

export interface Answer extends Response {
  /** When the last byte of it had arrived. */
  at: number;
}

const mostBytes = 1024 * 1024;

/**
 * Asks over a connected socket. One of the callbacks is called, once; neither when the socket is destroyed before.
 * Whoever calls closes the socket, and listens for its errors.
 */
export function exchange(
  socket: Socket,
  target: { host: string; port: number; path: string },
  onAnswer: (answer: Answer) => void,
  onError: (error: Error) => void,
): void {
  const { host, port, path } = target;
  if (/[^\x21-\x7e]/.test(path)) {
    onError(new Error(`the path ${JSON.stringify(path)} cannot be asked for: encode it as a URL has it`));
    return;
  }
  let received: Buffer | null = null;
  let over = false;
  socket.on('data', (chunk: Buffer) => {
    received = received ? Buffer.concat([received, chunk]) : chunk;
    read(false);
  });
  socket.on('end', () => {
    read(true);
  });
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nUser-Agent: tare\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
  );

  function read(closed: boolean): void {
    if (over) return;
    const at = monotonicMs();
    try {
      const response = parseResponse(received ?? Buffer.alloc(0), closed);
      if (response) {
        over = true;
        onAnswer({ ...response, at });
      } else if (received && received.length > mostBytes) {
        throw new Error(`the answer is larger than ${mostBytes} bytes`);
      }
    } catch (error) {
      over = true;
      onError(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
