/**
 * Reads an HTTP/1.x answer to a GET as far as it has come. Node's own client would do the same, but its first use after
 * a pause costs a quarter of a millisecond, half of what readiness may be found late. RFC 9112, section 6.3, says when
 * an answer is complete.
 */
export interface Response {
  status: number;
  body: string;
}

/**
 * @param bytes everything received so far
 * @param closed whether the server has ended the connection
 * @returns null while something is missing
 * @throws Error when it is no HTTP answer, or one that broke off
 */
export function parseResponse(bytes: Buffer, closed: boolean): Response | null {
  const start = bytes.toString('latin1', 0, 5);
  if (!'HTTP/'.startsWith(start)) throw new Error(`the answer is not HTTP, it begins with "${start}"`);
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return missing(closed);
  const head = bytes.toString('latin1', 0, headEnd);
  const status = statusOf(head);
  const rest = bytes.subarray(headEnd + 4);
  // Interim answers (100 Continue, 103 Early Hints) come before the real one.
  if (status < 200) return rest.length === 0 ? missing(closed) : parseResponse(rest, closed);
  const body = bodyOf(head, status, rest, closed);
  return body ? { status, body: body.toString('utf8') } : missing(closed);
}

function missing(closed: boolean): null {
  if (closed) throw new Error('the answer broke off');
  return null;
}

function statusOf(head: string): number {
  const status = /^HTTP\/1\.[01] (\d{3})(?![^ \r])/.exec(head)?.[1];
  if (status === undefined)
    throw new Error(`not a status line: "${head.split('\r\n')[0]?.slice(0, 80) ?? ''}"`);
  return Number(status);
}

function bodyOf(head: string, status: number, rest: Buffer, closed: boolean): Buffer | null {
  if (status === 204 || status === 304) return Buffer.alloc(0);
  if (/^transfer-encoding:.*\bchunked[ \t]*$/im.test(head)) return dechunk(rest);
  const length = /^content-length:[ \t]*(\d+)[ \t]*$/im.exec(head)?.[1];
  if (length !== undefined) return rest.length < Number(length) ? null : rest.subarray(0, Number(length));
  return closed ? rest : null;
}

/** RFC 9112, section 7.1: sizes in hexadecimal, each with its bytes; size 0 and perhaps trailers end it. */
function dechunk(bytes: Buffer): Buffer | null {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const line = bytes.toString('latin1', at, lineEnd);
    const digits = /^([\da-f]{1,8})[ \t]*(?:;|$)/i.exec(line)?.[1];
    if (digits === undefined) throw new Error(`not a chunk size: "${line.slice(0, 80)}"`);
    const size = parseInt(digits, 16);
    if (size === 0) return bytes.indexOf('\r\n\r\n', lineEnd) < 0 ? null : Buffer.concat(chunks);
    const dataEnd = lineEnd + 2 + size;
    if (bytes.length < dataEnd + 2) return null;
    chunks.push(bytes.subarray(lineEnd + 2, dataEnd));
    at = dataEnd + 2;
  }
}
