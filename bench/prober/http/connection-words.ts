/** What went wrong with a connection, in words, and what the other side looks like. */
import { ProtocolError } from './http-response.ts';
import { isNotTls } from './secure.ts';

export interface Trouble {
  error: string;
  /**
   * `tls`, `plain` and `http2`: what the other side speaks instead. `closed`: it took the question and closed or reset
   * the connection without a word, as servers with TLS do among others.
   */
  looksLike: 'tls' | 'plain' | 'http2' | 'closed' | null;
}

/** @param answer what had come of it by then; null: there was no connection yet */
export function connectionWords(
  error: unknown,
  answer: { isEmpty: boolean; progress: string } | null,
): Trouble {
  const cause = error instanceof Error ? error : new Error(String(error));
  const { code } = cause as NodeJS.ErrnoException;
  if (answer === null) return { error: refusalWords(cause, code), looksLike: null };
  if (cause instanceof ProtocolError) {
    return { error: cause.message, looksLike: cause.speaks === 'other' ? null : cause.speaks };
  }
  if (isNotTls(cause)) {
    return { error: `the server does not answer in TLS (${code ?? cause.message})`, looksLike: 'plain' };
  }
  const looksLike = answer.isEmpty ? 'closed' : null;
  if (code !== 'ECONNRESET' && code !== 'EPIPE') {
    const isClosed = code === undefined && cause.message.includes('closed without an answer');
    return { error: cause.message, looksLike: isClosed ? looksLike : null };
  }
  const how = answer.isEmpty ? 'without an answer' : `in the middle of the answer: ${answer.progress}`;
  return { error: `the server reset the connection ${how} (${code})`, looksLike };
}

function refusalWords(error: Error, code: string | undefined): string {
  if (code === 'ECONNREFUSED') return 'the connection was refused (ECONNREFUSED)';
  return error.message;
}
