/** Streams through external programs, counted and hashed on the way. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { SpawnError, start, type RunningCommand } from '../machine/command.ts';
import { epochSeconds } from './epoch.ts';
import { ImageError, isDiskFull, missingProgram } from './error.ts';

export interface StreamDigest {
  /** `sha256:…` of all bytes. */
  digest: string;
  bytes: number;
}

/** A fixed moment, and no options that a person has set for these programs: both would change what they write. */
const env = {
  SOURCE_DATE_EPOCH: String(epochSeconds),
  LC_ALL: 'C',
  TZ: 'UTC',
  TAR_OPTIONS: '',
  GZIP: '',
  PIGZ: '',
  ZSTD_CLEVEL: '',
  ZSTD_NBTHREADS: '',
};

/** A program of a pipeline has failed. */
export class ProgramError extends ImageError {
  /** Last part of what it printed on standard error. */
  readonly stderr: string;

  constructor(program: string, end: { code: number | null; signal: string | null }, stderr: string) {
    const how = end.signal ?? `exit code ${end.code ?? 'unknown'}`;
    const lines = stderr.trim().split('\n').slice(-8).join('\n  ');
    super(`${program} failed (${how}): ${lines}`, 'Its output is quoted above; correct the Containerfile.');
    this.stderr = stderr;
  }
}

/** A program in a pipeline. */
export interface PipeProgram {
  readonly stdin: NodeJS.WritableStream;
  readonly stdout: NodeJS.ReadableStream;
  /** Throws a ProgramError unless it ends well, is ended by `kill`, or loses the reader of its output. */
  finished(): Promise<void>;
  kill(): void;
}

/** A program may have a line to say of each of thousands of files, and all of them count. */
const keptCharacters = 1 << 20;
const causeGraceMs = 500;

/** Name and arguments; the name that the program is told it has, and more for its environment. */
export type ProgramSpec = readonly [
  program: string,
  args: readonly string[],
  special?: { argv0?: string; env: Readonly<Record<string, string>> },
];

/** Starts a program and keeps what it says on standard error for the message of a failure. */
function startProgram([program, args, special]: ProgramSpec): PipeProgram {
  let command: RunningCommand;
  try {
    command = start(program, args, {
      env: { ...env, ...special?.env },
      ...(special?.argv0 !== undefined && { argv0: special.argv0 }),
    });
  } catch (error) {
    throw error instanceof SpawnError ? missingProgram(program, error) : error;
  }
  let isKilled = false;
  let isGone = false;
  void command.gone.then(() => (isGone = true));
  let said = '';
  command.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-keptCharacters);
  });
  return {
    stdin: command.stdin,
    stdout: command.stdout,
    async finished() {
      // Not `exited`, which waits for output that nobody may read any more after a failure.
      const { code, signal } = await command.gone;
      // SIGPIPE: whoever was to read its output gave up, and says why.
      if (code === 0 || signal === 'SIGPIPE' || (isKilled && signal === 'SIGKILL')) return;
      throw new ProgramError(program, { code, signal }, said);
    },
    kill() {
      // The number of a process that is gone may belong to another one by now.
      if (isGone) return;
      isKilled = true;
      command.kill();
    },
  };
}

/**
 * Starts the programs, runs `work` with them, and ends them if it fails or the signal comes, so that none is left
 * waiting on a pipe. What a program says of its own failure goes before what the others felt of it.
 */
export async function withPrograms<T, Specs extends readonly ProgramSpec[]>(
  specs: Specs,
  signal: AbortSignal,
  work: (programs: { [Index in keyof Specs]: PipeProgram }) => Promise<T>,
): Promise<T> {
  const programs: PipeProgram[] = [];
  const killAll = (): void => {
    for (const program of programs) program.kill();
  };
  signal.addEventListener('abort', killAll, { once: true });
  try {
    signal.throwIfAborted();
    for (const spec of specs) programs.push(startProgram(spec));
    const result = await work(programs as { [Index in keyof Specs]: PipeProgram });
    // Killed programs end their streams as if all were well.
    signal.throwIfAborted();
    return result;
  } catch (error) {
    killAll();
    const ends = await Promise.allSettled(programs.map((program) => program.finished()));
    signal.throwIfAborted();
    // A full disk and a limit of ours are the cause even where a program complains of losing its reader.
    if (isDiskFull(error) || (error instanceof ImageError && !(error instanceof ProgramError))) throw error;
    throw ends.find((end) => end.status === 'rejected')?.reason ?? error;
  } finally {
    signal.removeEventListener('abort', killAll);
  }
}

/**
 * As Promise.all; but what this program itself met, a full disk for instance, goes before what an external program felt
 * of it, which may be known a moment sooner.
 */
export async function allOrCause<T extends readonly unknown[]>(work: {
  [Index in keyof T]: Promise<T[Index]>;
}): Promise<T> {
  try {
    return await Promise.all(work);
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    const ends = await Promise.race([Promise.allSettled(work), sleep(causeGraceMs, [], { ref: false })]);
    const own = ends.find((end) => end.status === 'rejected' && !(end.reason instanceof ProgramError));
    throw own?.status === 'rejected' ? own.reason : error;
  }
}

/** Reads a stream to its end into a file, or into nothing, and says what went by. */
export async function drain(source: NodeJS.ReadableStream, file: string | null): Promise<StreamDigest> {
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(
    source,
    async function* (chunks: AsyncIterable<Buffer | string>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    },
    file === null ? nowhere() : createWriteStream(file),
  );
  return { digest: `sha256:${hash.digest('hex')}`, bytes };
}

/** As `pass`, and says what went by. */
export async function feed(
  source: NodeJS.ReadableStream,
  stdin: NodeJS.WritableStream,
): Promise<StreamDigest> {
  const hash = createHash('sha256');
  let bytes = 0;
  await pass(source, stdin, (chunk) => {
    hash.update(chunk);
    bytes += chunk.length;
  });
  return { digest: `sha256:${hash.digest('hex')}`, bytes };
}

/**
 * Reads a stream to its end into a program. A program may end before its input has: tar does at
 * the end of the archive, and Node closes the input of whatever has ended. That is no failure here; whether the program
 * did its work, `finished` tells.
 */
export async function pass(
  source: NodeJS.ReadableStream,
  stdin: NodeJS.WritableStream,
  look: (chunk: Buffer) => void = () => undefined,
): Promise<void> {
  const input = { isOpen: true, proceed: (): void => undefined };
  stdin.once('close', () => {
    input.isOpen = false;
    input.proceed();
  });
  stdin.on('drain', () => {
    input.proceed();
  });
  for await (const chunk of source as AsyncIterable<Buffer>) {
    look(chunk);
    if (!input.isOpen || stdin.write(chunk)) continue;
    await new Promise<void>((resolve) => {
      input.proceed = resolve;
    });
  }
  stdin.end();
}

function nowhere(): Writable {
  return new Writable({
    write(_chunk, _encoding, done) {
      done();
    },
  });
}
