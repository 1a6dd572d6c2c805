/** One GET over a connection of its own. */
import { connect, type Socket } from 'node:net';
import { connectionWords } from './connection-words.ts';
import { exchange, requestOf, type Answer } from './exchange.ts';
import type { Question } from '../question.ts';
import { encrypt, hostOf } from './secure.ts';

/**
 * One of the callbacks is called, once; neither when the socket is destroyed before. Whoever calls destroys the socket.
 *
 * @param limits `timeoutMs`: for the whole of it
 * @throws Error when the path is not as a URL has it
 */
export function askOnce(
  target: { host: string; port: number } & Question,
  limits: { timeoutMs: number; signal?: AbortSignal },
  onAnswer: (answer: Answer) => void,
  onError: (error: Error) => void,
): Socket {
  const { host, port } = target;
  const request = requestOf(target, target);
  let reader: ReturnType<typeof exchange> | null = null;
  let connected = false;
  let over = false;
  const fail = (error: Error): void => {
    if (over) return;
    over = true;
    clearTimeout(deadline);
    const progress = reader ?? { isEmpty: true, progress: 'no answer has arrived' };
    onError(new Error(connectionWords(error, connected ? progress : null).error));
  };
  const socket = connect({ host, port, noDelay: true, autoSelectFamily: false, signal: limits.signal });
  const deadline = setTimeout(() => {
    const progress = reader?.isEmpty === false ? ` (${reader.progress})` : '';
    fail(new Error(`no complete answer came within ${limits.timeoutMs / 1000} s${progress}`));
  }, limits.timeoutMs);
  const ask = (onto: Socket): void => {
    reader = exchange(onto, request, onAnswered, fail);
  };
  const onAnswered = (answer: Answer): void => {
    if (over) return;
    over = true;
    clearTimeout(deadline);
    onAnswer(answer);
  };
  socket.on('error', fail);
  socket.on('connect', () => {
    connected = true;
    if (target.scheme !== 'https') {
      ask(socket);
      return;
    }
    encrypt(socket, hostOf(target)).then((secure) => {
      secure.on('error', fail);
      ask(secure);
    }, fail);
  });
  socket.on('close', () => {
    clearTimeout(deadline);
  });
  return socket;
}
