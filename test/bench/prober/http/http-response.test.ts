import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ResponseReader, type Response } from '../../../../bench/prober/http/http-response.ts';

/** What is read of it in pieces of that many bytes. */
function read(text: string | Buffer, closed = false, pieceBytes = 1_000_000): Response | null {
  const reader = new ResponseReader();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const response = reader.push(bytes.subarray(at, at + pieceBytes));
    if (response) return response;
  }
  return closed ? reader.end() : null;
}
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
    'no body by its status',
    'HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n',
    { status: 304, body: '' },
    false,
  ],
  [
    'a new protocol',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n',
    { status: 101, body: '' },
    false,
  ],
  [
    'two interim answers first',
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${head}Content-Length: 2\r\n\r\nok`,
    { status: 200, body: 'ok' },
    false,
  ],
  [
    'a length that is sent twice',
    `${head}Content-Length: 2\r\nContent-Length: 2, 2\r\n\r\nok`,
    { status: 200, body: 'ok' },
    false,
  ],
  ['a space before a colon', `${head}CONTENT-LENGTH : 2\r\n\r\nok`, { status: 200, body: 'ok' }, false],
  [
    'another coding than chunks',
    `${head}Transfer-Encoding: gzip\r\nContent-Length: 2\r\n\r\nready`,
    { status: 200, body: 'ready' },
    true,
  ],
  [
    'the end of the connection',
    'HTTP/1.0 200 OK\r\nServer: x\r\n\r\nready',
    { status: 200, body: 'ready' },
    true,
  ],
];

describe('ResponseReader', () => {
  it.each(answers)('reads an answer with %s', (_name, text, wanted, untilClose) => {
    expect(read(text, untilClose)).toMatchObject(wanted);
    expect(read(text, true)).toMatchObject(wanted);
    expect(read(text, true, 1)).toMatchObject(wanted);
  });

  it.each(answers)('reads an answer with %s whose lines have no carriage return', (_name, text, wanted) => {
    const bare = text.replaceAll('\r\n', '\n');
    for (const pieceBytes of [1, 7, 1000]) expect(read(bare, true, pieceBytes)).toMatchObject(wanted);
  });

  it.each(answers.filter(([, , , untilClose]) => !untilClose))(
    'waits for the rest of an answer with %s, and says that it broke off',
    (_name, text) => {
      const bytes = Buffer.from(text);
      for (let length = 0; length < bytes.length; length += 1) {
        expect(read(bytes.subarray(0, length))).toBeNull();
        expect(() => read(bytes.subarray(0, length), true)).toThrow(
          length === 0 ? 'closed without an answer' : 'broke off',
        );
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

  it('reads an answer with huge headers', () => {
    const text = `${head}X: ${'x'.repeat(100_000)}\r\nContent-Length: 2\r\n\r\nok`;
    expect(read(text, false, 1460)).toMatchObject({ status: 200, body: 'ok' });
  });

  it('keeps the first MiB of a body, and reads all of it', () => {
    const size = 3 * 2 ** 20;
    const answer = read(
      Buffer.concat([Buffer.from(`${head}Content-Length: ${size}\r\n\r\n`), Buffer.alloc(size, 'x')]),
      false,
      65_536,
    );
    expect(answer?.body).toHaveLength(2 ** 20);
  });

  it.each([
    ['its length and HTTP/1.1', `${head}Content-Length: 0\r\n\r\n`, true],
    ['Connection: close', `${head}Connection: Close\r\nContent-Length: 0\r\n\r\n`, false],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', false],
    [
      'HTTP/1.0 and keep-alive',
      'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n',
      true,
    ],
    ['no length', `${head}\r\n`, false],
  ])('knows of %s whether the connection goes on', (_name, text, persists) => {
    expect(read(text, true)?.persists).toBe(persists);
  });

  it('says how far an answer has come', () => {
    const reader = new ResponseReader();
    expect(reader.progress).toBe('no answer has arrived');
    reader.push(Buffer.from('HTTP/1.1 2'));
    expect(reader.progress).toBe('its header has not ended after 10 bytes');
    reader.push(Buffer.from('00 OK\r\n\r\nabc'));
    expect(reader.progress).toBe(
      'status 200, but its body has not ended after 3 bytes (it states no length, so only its close would end it)',
    );
  });

  it.each([
    ['TLS', '\x15\x03\x03\0\x02\x02\x46', 'which looks like TLS'],
    ['HTTP/2', '\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64', 'which looks like HTTP/2'],
    ['escape sequences', '\x1b[31mred\x9b2J', '"\\x1b[31mred'],
    [
      'lengths that differ',
      `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\nok`,
      'no valid Content-Length: "2, 3"',
    ],
    ['a length that is none', `${head}Content-Length: two\r\n\r\nok`, 'no valid Content-Length: "two"'],
    [
      'a chunk that is too long',
      `${head}Transfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n`,
      'longer than it says: "ay"',
    ],
    ['a header without end', `${head}X: ${'x'.repeat(300_000)}`, 'larger than 256 KiB'],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'not HTTP'],
    ['a status that is none', 'HTTP/1.1 2000 OK\r\n\r\n', 'not a status line'],
    ['another version', 'HTTP/2 200\r\n\r\n', 'not a status line'],
    ['a chunk size that is none', `${head}Transfer-Encoding: chunked\r\n\r\n-1\r\n`, 'not a chunk size'],
  ])('refuses %s', (_name, text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
