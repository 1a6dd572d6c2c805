/** A command's context without a process around it: what is written is kept as text. */
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { CommandContext } from '../../bench/environment/context.ts';

export interface TestContext extends CommandContext {
  out(): string;
  err(): string;
  /** Every call of the log, as `level: message`. */
  logged: string[];
}

export function testContext(folder: string, signal = new AbortController().signal): TestContext {
  const stdout = textStream();
  const stderr = textStream();
  const logged: string[] = [];
  const keep = (level: string) => (message: string) => {
    logged.push(`${level}: ${message}`);
  };
  return {
    stdin: Readable.from([]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    out: stdout.text,
    err: stderr.text,
    env: { PATH: process.env['PATH'] },
    cwd: folder,
    signal,
    log: { progress: keep('progress'), debug: keep('debug'), warn: keep('warn') },
    logged,
    folders: { cache: join(folder, 'cache'), state: join(folder, 'state'), runtime: join(folder, 'run') },
    live: null,
    columns: null,
    show: null,
    colour: false,
  };
}

export function textStream(): { stream: Writable; text: () => string } {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  return { stream, text: () => chunks.join('') };
}
