/**
 * Reads an HTTP/1.x answer to a GET as it comes. Node's own client would do the same, but its first use after a pause
 * costs a quarter of a millisecond, half of what readiness may be found late. RFC 9112, section 6.3, says when an answer
 * is complete; section 2.2, that a line may end without a carriage return.
 */
import { shown } from '../../../runners/machine/shown.ts';

export interface Response {
  status: number;
  /** The first MiB of it. */
  body: string;
  /** Where a redirect leads, as it was sent. */
  location: string | null;
  /** Whether another question may follow on the same connection. */
  persists: boolean;
}

/** The answer is of another protocol, by what it begins with. */
export class ProtocolError extends Error {
  readonly speaks: 'tls' | 'http2' | 'other';
  constructor(beginning: string) {
    const speaks = protocolOf(beginning);
    const looks = { tls: ', which looks like TLS', http2: ', which looks like HTTP/2', other: '' }[speaks];
    super(`the answer is not HTTP/1: it begins with ${shown(beginning)}${looks}`);
    this.name = 'ProtocolError';
    this.speaks = speaks;
  }
}

const mostHeadBytes = 256 * 1024;
const mostBodyBytes = 256 * 1024 * 1024;
const keptBodyBytes = 1024 * 1024;

type Body =
  | { until: 'close' }
  | { until: 'length'; missing: number }
  /** `missing`: of the chunk that is being read; null: the next line is a size. */
  | { until: 'chunks'; missing: number | null; inTrailers: boolean };

export class ResponseReader {
  #rest: Buffer = Buffer.alloc(0);
  #head: string | null = null;
  #began = false;
  #status = 0;
  #body: Body = { until: 'close' };
  readonly #kept: Buffer[] = [];
  #keptBytes = 0;
  #bodyBytes = 0;

  /**
   * @returns null while something is missing
   * @throws Error when it is not an HTTP answer, or one that contradicts itself
   */
  push(bytes: Buffer): Response | null {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    this.#began = true;
    while (this.#head === null) if (!this.#readHead()) return null;
    return this.#readBody() ? this.#response() : null;
  }

  /**
   * The server has closed the connection.
   *
   * @throws Error when the answer was not complete by then
   */
  end(): Response {
    if (this.#head !== null && this.#body.until === 'close') return this.#response();
    throw new Error(
      this.isEmpty ? 'the connection was closed without an answer' : `the answer broke off: ${this.progress}`,
    );
  }

  /** Whether nothing at all has come. */
  get isEmpty(): boolean {
    return !this.#began;
  }

  /** How far it has come, in words. */
  get progress(): string {
    if (this.isEmpty) return 'no answer has arrived';
    if (this.#head === null) return `its header has not ended after ${this.#rest.length} bytes`;
    const ends = this.#body.until === 'close' ? ' (it states no length, so only its close would end it)' : '';
    return `status ${this.#status}, but its body has not ended after ${this.#bodyBytes} bytes${ends}`;
  }

  /** @returns whether there is more to look at: a head, or an interim answer (100 Continue, 103 Early Hints) before it */
  #readHead(): boolean {
    const text = this.#rest.toString('latin1', 0, mostHeadBytes);
    if (!'HTTP/'.startsWith(text.slice(0, 5))) throw new ProtocolError(text);
    const end = /\r?\n\r?\n/.exec(text);
    if (!end) {
      if (this.#rest.length < mostHeadBytes) return false;
      throw new Error(`the header of the answer is larger than ${mostHeadBytes / 1024} KiB`);
    }
    const head = text.slice(0, end.index);
    const status = statusOf(head);
    this.#rest = this.#rest.subarray(end.index + end[0].length);
    if (status < 200 && status !== 101) return this.#rest.length > 0;
    this.#head = head;
    this.#status = status;
    this.#body = bodyOf(head, status);
    return true;
  }

  /** @returns whether the answer is complete */
  #readBody(): boolean {
    const body = this.#body;
    if (body.until === 'chunks') return this.#readChunks(body);
    if (body.until === 'close') {
      this.#take(this.#rest.length);
      return false;
    }
    const taken = Math.min(body.missing, this.#rest.length);
    this.#take(taken);
    body.missing -= taken;
    return body.missing === 0;
  }

  /** RFC 9112, section 7.1: sizes in hexadecimal, each with its bytes; size 0 and perhaps trailers end it. */
  #readChunks(body: Body & { until: 'chunks' }): boolean {
    for (;;) {
      if (body.missing !== null && body.missing > 0) {
        const taken = Math.min(body.missing, this.#rest.length);
        this.#take(taken);
        body.missing -= taken;
        if (body.missing > 0) return false;
      }
      const line = this.#line();
      if (line === null) return false;
      if (body.inTrailers) {
        if (line === '') return true;
      } else if (body.missing === 0) {
        if (line !== '') throw new Error(`a chunk is longer than it says: ${shown(line)} follows it`);
        body.missing = null;
      } else {
        const digits = /^([\da-f]{1,8})[ \t]*(?:;|$)/i.exec(line)?.[1];
        if (digits === undefined) throw new Error(`not a chunk size: ${shown(line)}`);
        body.missing = parseInt(digits, 16);
        body.inTrailers = body.missing === 0;
      }
    }
  }

  /** The next line without its end; null while it has not ended. */
  #line(): string | null {
    const end = this.#rest.indexOf('\n');
    if (end < 0) {
      if (this.#rest.length > mostHeadBytes) throw new Error('a line between the chunks does not end');
      return null;
    }
    const line = this.#rest.toString('latin1', 0, end);
    this.#rest = this.#rest.subarray(end + 1);
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }

  #take(length: number): void {
    const part = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    this.#bodyBytes += length;
    if (this.#bodyBytes > mostBodyBytes) {
      throw new Error(`the body of the answer is larger than ${mostBodyBytes / 1024 / 1024} MiB`);
    }
    const kept = part.subarray(0, keptBodyBytes - this.#keptBytes);
    if (kept.length === 0) return;
    this.#kept.push(kept);
    this.#keptBytes += kept.length;
  }

  #response(): Response {
    const head = this.#head ?? '';
    const connection = fieldsOf(head, 'connection').join(',').toLowerCase();
    const isOld = head.startsWith('HTTP/1.0');
    return {
      status: this.#status,
      body: Buffer.concat(this.#kept).toString('utf8'),
      location: fieldsOf(head, 'location')[0] ?? null,
      persists:
        this.#body.until !== 'close' &&
        this.#status !== 101 &&
        (isOld ? connection.includes('keep-alive') : !connection.includes('close')),
    };
  }
}

function statusOf(head: string): number {
  const status = /^HTTP\/1\.[01] +(\d{3})(?![^ \r\n])/.exec(head)?.[1];
  if (status === undefined) throw new Error(`not a status line: ${shown(head.split(/\r?\n/)[0] ?? '')}`);
  return Number(status);
}

function bodyOf(head: string, status: number): Body {
  if (status === 101 || status === 204 || status === 304) return { until: 'length', missing: 0 };
  const [coding] = fieldsOf(head, 'transfer-encoding').slice(-1);
  if (coding !== undefined) {
    const isChunked = /(?:^|[,\s])chunked$/i.test(coding);
    return isChunked ? { until: 'chunks', missing: null, inTrailers: false } : { until: 'close' };
  }
  // A length that is sent twice, in two lines or in one, must be the same one.
  const lengths = new Set(
    fieldsOf(head, 'content-length')
      .join(',')
      .split(',')
      .map((length) => length.trim()),
  );
  const [length = '', ...others] = lengths;
  if (length === '' && others.length === 0) return { until: 'close' };
  if (others.length > 0 || !/^\d{1,15}$/.test(length)) {
    throw new Error(`the answer has no valid Content-Length: ${shown([...lengths].join(', '))}`);
  }
  return { until: 'length', missing: Number(length) };
}

/** Values of a header field, in the order of its lines. */
function fieldsOf(head: string, name: string): string[] {
  return head.split(/\r?\n/).flatMap((line) => {
    const colon = line.indexOf(':');
    return line.slice(0, colon).trimEnd().toLowerCase() === name ? [line.slice(colon + 1).trim()] : [];
  });
}

function protocolOf(beginning: string): ProtocolError['speaks'] {
  const bytes = Buffer.from(beginning.slice(0, 9), 'latin1');
  // A record of TLS: an alert or a handshake, of version 3.x.
  if ([0x15, 0x16].includes(bytes[0] ?? 0) && bytes[1] === 3) return 'tls';
  // A frame of HTTP/2: SETTINGS or GOAWAY, on stream 0.
  const isFrame = bytes.length === 9 && bytes[0] === 0 && bytes.readUInt32BE(5) === 0;
  return isFrame && [4, 7].includes(bytes[3] ?? 0) ? 'http2' : 'other';
}
