/** One GET over a connection that stands. */
import type { Socket } from 'node:net';
import { monotonicMs } from '../../../runners/machine/clock.ts';
import { ResponseReader, type Response } from './http-response.ts';
import type { Question } from '../question.ts';

export interface Answer extends Response {
  /** When the last byte of it had arrived. */
  at: number;
}

/**
 * Asks over a connected socket. One of the callbacks is called, once; neither when the socket is destroyed before.
 * Whoever calls closes the socket or asks again over it, and listens for its errors.
 *
 * @returns what has come so far, for the words of whoever gives up
 */
export function exchange(
  socket: Socket,
  request: Buffer | string,
  onAnswer: (answer: Answer) => void,
  onError: (error: Error) => void,
): Pick<ResponseReader, 'isEmpty' | 'progress'> {
  const reader = new ResponseReader();
  const read = (next: () => Response | null): void => {
    const at = monotonicMs();
    try {
      const response = next();
      if (!response) return;
      stop();
      onAnswer({ ...response, at });
    } catch (error) {
      stop();
      onError(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const onData = (chunk: Buffer): void => {
    read(() => reader.push(chunk));
  };
  const onClosed = (): void => {
    read(() => reader.end());
  };
  const stop = (): void => {
    socket.off('data', onData);
    socket.off('end', onClosed);
  };
  socket.on('data', onData);
  socket.on('end', onClosed);
  socket.write(request);
  return reader;
}

/**
 * The bytes of a GET.
 *
 * @throws Error when the path is not as a URL has it
 */
export function requestOf(
  address: { host: string; port: number },
  { path, scheme, headers = {} }: Question,
  connection: 'close' | 'keep-alive' = 'close',
): string {
  if (/[^\x21-\x7e]/.test(path)) {
    throw new Error(`the path ${JSON.stringify(path)} cannot be asked for: percent-encode it as in a URL`);
  }
  const isUsual = address.port === (scheme === 'https' ? 443 : 80);
  const fields = new Map([
    ['host', `Host: ${address.host}${isUsual ? '' : `:${address.port}`}`],
    ['user-agent', 'User-Agent: tare'],
    ['accept', 'Accept: */*'],
  ]);
  for (const [name, value] of Object.entries(headers)) fields.set(name.toLowerCase(), `${name}: ${value}`);
  return [`GET ${path} HTTP/1.1`, ...fields.values(), `Connection: ${connection}`, '', ''].join('\r\n');
}
