/** Writes what an instance prints to its log file and tells listeners each line with the moment it arrived. */
import { createWriteStream } from 'node:fs';
import { monotonicMs } from './clock.ts';

export interface LogCapture {
  /** Last lines printed so far, oldest first. */
  tail(lines: number): string[];
  /** Resolves when every stream has ended and the file is closed. */
  readonly closed: Promise<void>;
}

const keptLines = 200;

/**
 * Lines are handed over with the arrival time of the chunk that completed them, before they are written, so that the
 * disk does not delay a mark. A carriage return before the line feed (serial consoles) is dropped.
 */
export function captureLog(
  streams: readonly NodeJS.ReadableStream[],
  file: string,
  onLine: (line: string, at: number) => void,
): LogCapture {
  const out = createWriteStream(file, { flags: 'a' });
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
  out.on('error', () => undefined);
  const closed = Promise.all(ended).then(
    () =>
      new Promise<void>((resolve) => {
        out.end(resolve);
        out.once('error', () => {
          resolve();
        });
      }),
  );
  return { tail: (lines) => kept.slice(-lines), closed };
}
