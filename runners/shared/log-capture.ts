/** Writes what an instance prints to its log file, up to a size, and tells listeners each line with the moment it arrived. */
import { appendFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { monotonicMs } from '../machine/clock.ts';

export interface LogCapture {
  /** Last lines printed so far, oldest first. */
  tail(lines: number): string[];
  /** Resolves when every stream has ended and the file is closed. */
  readonly closed: Promise<void>;
}

interface LogLimits {
  /** Bytes of the log that are kept from its beginning. */
  headBytes: number;
  /** Bytes that are kept from its end where it is longer. */
  tailBytes: number;
  /** Bytes of a line that are told; the rest of it is passed over. */
  lineBytes: number;
}

const mebibyte = 1024 * 1024;
const usual: LogLimits = { headBytes: 8 * mebibyte, tailBytes: mebibyte / 16, lineBytes: mebibyte / 16 };

/**
 * Lines are handed over with the arrival time of the chunk that completed them, before they are written, so that the
 * disk does not delay a mark. A carriage return before the line feed (serial consoles) is dropped. What cannot be written is
 * passed over: a full disk must not end a measurement. However much is printed, little of it is held in memory.
 *
 * @param onLine null: nobody asks for lines
 */
export function captureLog(
  streams: readonly (NodeJS.ReadableStream & Partial<Pick<Readable, 'readableEnded' | 'destroyed'>>)[],
  file: string,
  onLine: ((line: string, at: number) => void) | null,
  limits: LogLimits = usual,
): LogCapture {
  const out = appendTo(file, limits);
  const ended = streams.map((stream) => {
    const lines = onLine === null ? null : new Lines(limits.lineBytes, onLine);
    return new Promise<void>((resolve) => {
      stream.on('data', (chunk: Buffer | string) => {
        const bytes = Buffer.from(chunk as Buffer);
        lines?.take(bytes, monotonicMs());
        out.write(bytes);
      });
      const done = (): void => {
        lines?.end(monotonicMs());
        resolve();
      };
      if (stream.readableEnded === true || stream.destroyed === true) done();
      stream.once('end', done);
      stream.once('close', done);
      stream.once('error', done);
    });
  });
  const closed = Promise.all(ended).then(() => out.close());
  return { tail: (lines) => out.lastLines(lines), closed };
}

const lineFeed = 10;

/** Cuts what comes into lines; of each, only the beginning is held. */
class Lines {
  readonly #lineBytes: number;
  readonly #onLine: (line: string, at: number) => void;
  #begun: Buffer[] = [];
  #bytes = 0;

  constructor(lineBytes: number, onLine: (line: string, at: number) => void) {
    this.#lineBytes = lineBytes;
    this.#onLine = onLine;
  }

  take(chunk: Buffer, at: number): void {
    let from = 0;
    for (let to = chunk.indexOf(lineFeed); to >= 0; to = chunk.indexOf(lineFeed, from)) {
      this.#hold(chunk.subarray(from, to));
      this.#tell(at);
      from = to + 1;
    }
    this.#hold(chunk.subarray(from));
  }

  end(at: number): void {
    if (this.#bytes > 0) this.#tell(at);
  }

  #hold(part: Buffer): void {
    const held = part.subarray(0, this.#lineBytes - this.#bytes);
    if (held.length === 0) return;
    this.#begun.push(held);
    this.#bytes += held.length;
  }

  #tell(at: number): void {
    const line = Buffer.concat(this.#begun).toString().replace(/\r$/, '');
    this.#begun = [];
    this.#bytes = 0;
    this.#onLine(line, at);
  }
}

interface LogFile {
  write(chunk: Buffer): void;
  lastLines(count: number): string[];
  close(): Promise<void>;
}

/** The file is there from the start, but open only while something is written: there may be thousands that are silent. */
function appendTo(file: string, { headBytes, tailBytes }: LogLimits): LogFile {
  let left = headBytes;
  let beyond = 0;
  let waiting: Buffer[] = [];
  const last = new LastBytes(tailBytes);
  const writeOn = async (): Promise<void> => {
    do {
      const chunks = waiting;
      waiting = [];
      await appendFile(file, Buffer.concat(chunks)).catch(() => undefined);
    } while (waiting.length > 0);
    writing = null;
  };
  let writing: Promise<void> | null = writeOn();
  return {
    write(chunk) {
      last.take(chunk);
      const head = chunk.subarray(0, left);
      left -= head.length;
      beyond += chunk.length - head.length;
      if (head.length === 0) return;
      waiting.push(head);
      writing ??= writeOn();
    },
    lastLines: (count) => last.lines(count),
    close: async () => {
      await writing;
      if (beyond === 0) return;
      const end = last.bytes(beyond);
      const cut = beyond - end.length;
      const word = cut === 0 ? '' : `\n[Tare cut the log here: ${cut} bytes are left out]\n`;
      await appendFile(file, Buffer.concat([Buffer.from(word), end])).catch(() => undefined);
    },
  };
}

/** The end of what was printed. */
class LastBytes {
  readonly #most: number;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  take(chunk: Buffer): void {
    // A copy: a small chunk would hold the whole block that it was read into.
    this.#chunks.push(Buffer.from(chunk.subarray(-this.#most)));
    this.#bytes += chunk.length;
    if (this.#bytes <= 2 * this.#most && this.#chunks.length < 1000) return;
    this.#chunks = [this.bytes(this.#most)];
    this.#bytes = this.#chunks[0]?.length ?? 0;
  }

  bytes(count: number): Buffer {
    const kept = Math.min(count, this.#most);
    return Buffer.concat(this.#chunks).subarray(-kept);
  }

  lines(count: number): string[] {
    const text = new StringDecoder().write(this.bytes(this.#most));
    const lines = text.replace(/\n$/, '').split('\n');
    return (text === '' ? [] : lines).slice(-count).map((line) => line.replace(/\r$/, ''));
  }
}
