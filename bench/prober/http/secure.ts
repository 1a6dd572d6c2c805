/** TLS over a connection that stands. Any certificate will do: what is asked is when the workload answers, not who it is. */
import { isIP, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Question } from '../question.ts';

/** Loaded late: it is a twentieth of a second of start that a run without TLS does not need. */
export async function prepareTls(): Promise<void> {
  await import('node:tls');
}

/**
 * Whoever calls listens for errors of the plain socket before, and of the encrypted one after.
 *
 * @param name the name that is asked for, with or without a port; an address asks for none
 */
export async function encrypt(socket: Socket, name: string): Promise<TLSSocket> {
  const { connect } = await import('node:tls');
  const host = name.replace(/:\d+$/, '');
  return connect({
    socket,
    rejectUnauthorized: false,
    // A server of a test may be as old, and its key as short, as it likes.
    minVersion: 'TLSv1',
    ciphers: 'DEFAULT:@SECLEVEL=0',
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
}

/** The name that a question is meant for: that of its header `Host`, else the address. */
export function hostOf({ host, headers = {} }: { host: string } & Pick<Question, 'headers'>): string {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'host')?.[1] ?? host;
}

/** Whether an error says that the other side does not speak TLS at all. */
export function isNotTls({ code = '', message }: NodeJS.ErrnoException): boolean {
  return (
    code === 'ERR_SSL_WRONG_VERSION_NUMBER' ||
    code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG' ||
    /wrong version number|packet length too long|http request|record layer failure|decode error/i.test(
      message,
    )
  );
}
