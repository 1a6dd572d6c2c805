import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseResponse } from '../../../bench/prober/http-response.ts';

const read = (text: string, closed = false) => parseResponse(Buffer.from(text, 'utf8'), closed);
const head = 'HTTP/1.1 200 OK\r\n';

/** Complete answers, and whether only the end of the connection completes them. */
const answers: [string, string, { status: number; body: string }, boolean][] = [
  ['a length', `${head}Content-Length: 5\r\n\r\nready`, { status: 200, body: 'ready' }, false],
  ['a length in bytes', `${head}content-length: 3 \r\n\r\né!`, { status: 200, body: 'é!' }, false],
  ['no body', `${head}Content-Length: 0\r\n\r\n`, { status: 200, body: '' }, false],
  ['no reason phrase', 'HTTP/1.1 503\r\nContent-Length: 0\r\n\r\n', { status: 503, body: '' }, false],
  ['no content', 'HTTP/1.1 204 No Content\r\n\r\n', { status: 204, body: '' }, false],
  [
    'chunks',
    `${head}Transfer-Encoding: chunked\r\n\r\n3\r\nrea\r\n2;x=y\r\ndy\r\n0\r\n\r\n`,
    { status: 200, body: 'ready' },
    false,
  ],
  [
    'chunks and trailers',
    `${head}transfer-encoding: gzip, chunked\r\n\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n`,
    { status: 200, body: '0123456789' },
    false,
  ],
  [
    'an interim answer first',
    `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${head}Content-Length: 2\r\n\r\nok`,
    { status: 200, body: 'ok' },
    false,
  ],
  [
    'the end of the connection',
    'HTTP/1.0 200 OK\r\nServer: x\r\n\r\nready',
    { status: 200, body: 'ready' },
    true,
  ],
];

describe('parseResponse', () => {
  it.each(answers)('reads an answer with %s', (_name, text, wanted, untilClose) => {
    expect(read(text, untilClose)).toEqual(wanted);
    expect(read(text, true)).toEqual(wanted);
  });

  it.each(answers.filter(([, , , untilClose]) => !untilClose))(
    'waits for the rest of an answer with %s, and says that it broke off',
    (_name, text) => {
      const bytes = Buffer.from(text);
      for (let length = 0; length < bytes.length; length += 1) {
        expect(parseResponse(bytes.subarray(0, length), false)).toBeNull();
        expect(() => parseResponse(bytes.subarray(0, length), true)).toThrow('broke off');
      }
    },
  );

  it('reads whatever was chunked', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, unit: 'binary' })), (parts) => {
        const chunks = parts.map((part) => `${Buffer.byteLength(part).toString(16)}\r\n${part}\r\n`).join('');
        expect(read(`${head}Transfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`)?.body).toBe(
          parts.join(''),
        );
      }),
    );
  });

  it('ignores what comes after a complete answer', () => {
    expect(read(`${head}Content-Length: 2\r\n\r\nokHTTP/1.1 500`)?.body).toBe('ok');
  });

  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'not HTTP'],
    ['a status that is none', 'HTTP/1.1 2000 OK\r\n\r\n', 'not a status line'],
    ['another version', 'HTTP/2 200\r\n\r\n', 'not a status line'],
    ['a chunk size that is none', `${head}Transfer-Encoding: chunked\r\n\r\n-1\r\n`, 'not a chunk size'],
  ])('refuses %s', (_name, text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
