/** One question and its answer in bytes, for whatever does not speak HTTP. */
import type { Socket } from 'node:net';
import { monotonicMs } from '../../../runners/machine/clock.ts';
import { shown } from '../../../runners/machine/shown.ts';

const mostBytes = 64 * 1024;

/**
 * Sends over a connected socket and reads until the answer matches. Text stands for bytes, one each character. One of
 * the callbacks is called, once; neither when the socket is destroyed before. Whoever calls closes the socket.
 *
 * @param onAnswer is told when the last byte that was needed had arrived
 * @returns what has come so far, for the words of whoever gives up
 */
export function converse(
  socket: Socket,
  { send, expect }: { send: string; expect: string },
  onAnswer: (at: number) => void,
  onError: (error: Error) => void,
): { readonly isEmpty: boolean; readonly progress: string } {
  // Bytes know no lines: the dot is any of them.
  const wanted = new RegExp(expect, 's');
  let received = '';
  let over = false;
  socket.on('data', (chunk: Buffer) => {
    const at = monotonicMs();
    if (over) return;
    received += chunk.toString('latin1');
    over = true;
    if (wanted.test(received)) onAnswer(at);
    else if (received.length > mostBytes)
      onError(new Error(`nothing in ${mostBytes} bytes of answer matches`));
    else over = false;
  });
  socket.on('end', () => {
    if (over) return;
    over = true;
    const what =
      received === '' ? 'without an answer' : `after an answer that does not match: ${shown(received)}`;
    onError(new Error(`the connection was closed ${what}`));
  });
  if (send !== '') socket.write(Buffer.from(send, 'latin1'));
  return {
    get isEmpty() {
      return received === '';
    },
    get progress() {
      return received === '' ? 'no answer has arrived' : `what arrived does not match: ${shown(received)}`;
    },
  };
}
