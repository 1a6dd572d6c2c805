/**
 * The one door to external programs. Arguments are arrays and never pass through a shell. A failure is a
 * CommandError that says which program, with what, how it ended and what it last printed.
 */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { Readable } from 'node:stream';
import { execa, ExecaError } from 'execa';
import { exitCodes, KnownError } from '../../scenarios/known-error.ts';
import type { Pipe } from './pipe.ts';
import { signalProcess } from './signal-process.ts';

/** What is told of a program that ran. */
export interface CommandReport {
  program: string;
  args: readonly string[];
  /** Wall-clock time until its end; null: it has just begun, and stays. */
  durationMs: number | null;
  /** `exit 0`, `SIGKILL`, `started`. */
  outcome: string;
}

let report: (command: CommandReport) => void = () => undefined;

/** For a person who looks for what takes time: hears of every program from now on. */
export function reportCommands(to: typeof report): void {
  report = to;
}

export interface CommandOptions {
  signal?: AbortSignal;
  cwd?: string;
  /** Added to this process's environment. */
  env?: Record<string, string>;
  /** Only `env`, and nothing of this process's environment. */
  cleanEnv?: boolean;
  /** Text for standard input; nothing is connected without it. */
  input?: string | Buffer | NodeJS.ReadableStream;
  /** File that standard output goes to instead of the result. */
  stdoutFile?: string;
  /** `bytes`: output is text of one character a byte, for names that need not be UTF-8; default `utf8`. */
  output?: 'utf8' | 'bytes';
  /** Exit codes that are answers rather than failures; default `[0]`. */
  accept?: readonly number[];
  timeoutMs?: number;
}

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

export class CommandError extends KnownError {
  readonly program: string;
  readonly args: readonly string[];
  readonly code: number | null;
  readonly isMissing: boolean;
  readonly isAborted: boolean;
  readonly isTimedOut: boolean;
  readonly stderr: string;

  constructor(program: string, args: readonly string[], cause: ExecaError) {
    const missing = cause.code === 'ENOENT';
    const stderr = typeof cause.stderr === 'string' ? cause.stderr : '';
    const ended = missing
      ? 'program not found'
      : cause.timedOut
        ? 'took too long and was ended'
        : cause.signal
          ? `was ended by ${cause.signal}`
          : `exit code ${cause.exitCode ?? 'unknown'}`;
    super(`${[program, ...args].join(' ').slice(0, 400)}: ${ended}${lastLines(stderr)}`, exitCodes.failed, {
      cause,
    });
    this.program = program;
    this.args = args;
    this.code = cause.exitCode ?? null;
    this.isMissing = missing;
    this.isAborted = cause.isCanceled;
    this.isTimedOut = cause.timedOut;
    this.stderr = stderr;
  }
}

/** What `run` waits for: it ends with this process. */
const awaited = new Set<{ kill(): unknown }>();
process.on('exit', () => {
  for (const child of awaited) child.kill();
});

async function endedWithThis<T>(child: Promise<T> & { kill(): unknown }): Promise<T> {
  awaited.add(child);
  try {
    return await child;
  } finally {
    awaited.delete(child);
  }
}

/** Runs a program to its end. Throws a CommandError unless its exit code is accepted. */
export async function run(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const accept = options.accept ?? [0];
  const input = options.input;
  try {
    const child = execa(program, args, {
      ...(options.signal && { cancelSignal: options.signal }),
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      ...(options.env && { env: options.env }),
      extendEnv: options.cleanEnv !== true,
      // That is a handler for each signal, set and removed with each program.
      cleanup: false,
      ...(options.timeoutMs !== undefined && { timeout: options.timeoutMs }),
      stdin:
        input === undefined ? 'ignore' : typeof input === 'string' || Buffer.isBuffer(input) ? 'pipe' : input,
      ...(typeof input === 'string' || Buffer.isBuffer(input) ? { input } : {}),
      stdout: options.stdoutFile === undefined ? 'pipe' : { file: options.stdoutFile },
      stderr: 'pipe',
      stripFinalNewline: true,
      encoding: options.output === 'bytes' ? 'latin1' : 'utf8',
    } as const);
    const result = await endedWithThis(child);
    report({ program, args, durationMs: result.durationMs, outcome: 'exit 0' });
    return { code: 0, stdout: text(result.stdout), stderr: text(result.stderr) };
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    const failure = error as ExecaError;
    const { exitCode = null, signal = null, durationMs } = failure;
    report({ program, args, durationMs, outcome: outcomeOf(exitCode, signal) });
    if (failure.exitCode !== undefined && accept.includes(failure.exitCode)) {
      return { code: failure.exitCode, stdout: text(failure.stdout), stderr: text(failure.stderr) };
    }
    throw new CommandError(program, args, failure);
  }
}

/** A program that stays: its output is read as it comes, its end is `exited`. */
export interface RunningCommand {
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly stdin: NodeJS.WritableStream;
  /** Resolves, and never rejects, when the program has ended and its output was read. */
  readonly exited: Promise<{ code: number | null; signal: string | null; error: Error | null }>;
  /** Resolves, and never rejects, when the process is gone; a descendant may hold its output open for longer. */
  readonly gone: Promise<{ code: number | null; signal: string | null }>;
  /** Ends the program and, as it leads its own process group, whatever it started in it. */
  kill(signal?: NodeJS.Signals): void;
}

export interface StartOptions {
  /** Where both its output and its errors go. */
  output?: Pipe;
  cwd?: string;
  env?: Record<string, string>;
  cleanEnv?: boolean;
  argv0?: string;
  /** Open files that the program gets as its descriptors 3, 4 and so on. */
  descriptors?: readonly number[];
}

/**
 * Starts a program that stays, in a process group of its own, so that a Ctrl-C in the terminal reaches the harness
 * alone and the harness can end it in order. Throws a CommandError when it cannot be started at all.
 */
export function start(program: string, args: readonly string[], options: StartOptions = {}): RunningCommand {
  const startedAt = performance.now();
  const { output } = options;
  const child = startPlainly(program, args, {
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    ...(options.argv0 !== undefined && { argv0: options.argv0 }),
    env: options.cleanEnv === true ? (options.env ?? {}) : { ...process.env, ...options.env },
    detached: true,
    stdio: ['pipe', output?.writer ?? 'pipe', output?.writer ?? 'pipe', ...(options.descriptors ?? [])],
  });
  let error: Error | null = null;
  child.on('error', (found) => {
    error = found;
  });
  output?.closeWriter();
  const { pid, stdin } = child;
  // Errors go where the output goes where there is one pipe for both.
  const [stdout, stderr] = output ? [output.reader, Readable.from([])] : [child.stdout, child.stderr];
  if (pid === undefined || stdin === null || stdout === null || stderr === null) {
    throw new SpawnError(program, args);
  }
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => undefined);
  report({ program, args, durationMs: null, outcome: 'started' });
  // What nobody has begun to read by then is passed over: the program must not wait for a reader.
  setImmediate(() => {
    for (const stream of [stdout, stderr]) if (stream.readableFlowing === null) stream.resume();
  });
  const gone = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('exit', (code, signal) => {
      report({ program, args, durationMs: performance.now() - startedAt, outcome: outcomeOf(code, signal) });
      resolve({ code, signal });
    });
  });
  const read = output
    ? new Promise((resolve) => output.reader.once('close', resolve))
    : new Promise((resolve) => child.once('close', resolve));
  const exited = Promise.all([gone, read]).then(([end]) => ({ ...end, error }));
  return {
    pid,
    stdout,
    stderr,
    stdin,
    exited,
    gone,
    kill(signal = 'SIGKILL') {
      signalProcess(-pid, signal);
    },
  };
}

/**
 * By Node alone: what execa keeps of a program while it runs is nine times as much memory, and there may be thousands.
 * Throws a SpawnError where Node does.
 */
function startPlainly(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  try {
    return spawn(program, args, options);
  } catch {
    throw new SpawnError(program, args);
  }
}

/** A resident Node program that speaks over an IPC channel. */
export interface ResidentProgram {
  readonly pid: number;
  send(message: Record<string, unknown>): Promise<void>;
  /** Every message it sends, in order. */
  onMessage(listener: (message: unknown) => void): void;
  /** Resolves, and never rejects, when it has ended. */
  readonly exited: Promise<{ code: number | null; signal: string | null }>;
  kill(): void;
}

/**
 * Starts a resident Node program. The channel passes through wrappers such as nsenter, so `program` may be one.
 * Throws a SpawnError when it cannot be started at all.
 */
export function startResident(program: string, args: readonly string[]): ResidentProgram {
  const child = execa(program, args, {
    ipc: true,
    serialization: 'json',
    reject: false,
    buffer: false,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'inherit',
    detached: true,
    cleanup: false,
  });
  const pid = child.pid;
  if (pid === undefined) {
    child.catch(() => undefined);
    throw new SpawnError(program, args);
  }
  report({ program, args, durationMs: null, outcome: 'started' });
  return {
    pid,
    send: (message) => child.sendMessage(message as Parameters<typeof child.sendMessage>[0]),
    onMessage: (listener) => void child.on('message', listener),
    exited: child.then(({ exitCode: code = null, signal = null, durationMs }) => {
      report({ program, args, durationMs, outcome: outcomeOf(code, signal) });
      return { code, signal };
    }),
    kill: () => {
      signalProcess(-pid, 'SIGKILL');
    },
  };
}

export class SpawnError extends KnownError {
  constructor(program: string, args: readonly string[]) {
    const line = [program, ...args].join(' ').slice(0, 400);
    super(`${line}: cannot be started (is the program installed?)`, exitCodes.failed);
  }
}

function outcomeOf(code: number | null, signal: string | null): string {
  return signal ?? (code === null ? 'not started' : `exit ${code}`);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function lastLines(stderr: string): string {
  const lines = stderr.trim().split('\n').slice(-8);
  return lines[0] ? `\n  ${lines.join('\n  ')}` : '';
}
