/** Writes what an instance prints to its log file and tells listeners each line with the moment it arrived. */
import { appendFile } from 'node:fs/promises';
import { monotonicMs } from '../machine/clock.ts';

export interface LogCapture {
  /** Last lines printed so far, oldest first. */
  tail(lines: number): string[];
  /** Resolves when every stream has ended and the file is closed. */
  readonly closed: Promise<void>;
}

const keptLines = 200;

/**
 * Lines are handed over with the arrival time of the chunk that completed them, before they are written, so that the
 * disk does not delay a mark. A carriage return before the line feed (serial consoles) is dropped. What cannot be written is
 * passed over: a full disk must not end a measurement.
 */
export function captureLog(
  streams: readonly NodeJS.ReadableStream[],
  file: string,
  onLine: (line: string, at: number) => void,
): LogCapture {
  const out = appendTo(file);
  const kept: string[] = [];
  const keep = (line: string, at: number): void => {
    kept.push(line);
    if (kept.length > keptLines) kept.shift();
    onLine(line, at);
  };
  const ended = streams.map(
    (stream) =>
      new Promise<void>((resolve) => {
        let rest = '';
        stream.on('data', (chunk: Buffer | string) => {
          const at = monotonicMs();
          const lines = (rest + chunk.toString()).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) keep(line.replace(/\r$/, ''), at);
          out.write(chunk);
        });
        const done = (): void => {
          if (rest !== '') keep(rest, monotonicMs());
          rest = '';
          resolve();
        };
        stream.once('end', done);
        stream.once('close', done);
        stream.once('error', done);
      }),
  );
  const closed = Promise.all(ended).then(() => out.written());
  return { tail: (lines) => kept.slice(-lines), closed };
}

/** The file is there from the start, but open only while something is written: there may be thousands that are silent. */
function appendTo(file: string): { write(chunk: Buffer | string): void; written(): Promise<void> } {
  let waiting: Buffer[] = [];
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
      waiting.push(Buffer.from(chunk));
      writing ??= writeOn();
    },
    written: async () => {
      await writing;
    },
  };
}
