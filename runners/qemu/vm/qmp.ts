/**
 * A small client of QEMU's machine protocol (QMP): one JSON object a line. QEMU greets, the client negotiates, then
 * commands are answered in order, with events in between.
 */
import type { Socket } from 'node:net';
import { exitCodes, KnownError } from '../../../scenarios/known-error.ts';

export interface QmpEvent {
  event: string;
  data: Record<string, unknown>;
}

/** QEMU answered with an error, did not answer in time, or is gone. */
class QmpError extends KnownError {
  constructor(message: string) {
    super(message, exitCodes.failed);
  }
}

export interface QmpOptions {
  timeoutMs: number;
  /** Of the command, by their names in QEMU's documentation. */
  arguments?: Record<string, unknown>;
}

export interface Qmp {
  /** The command's `return` value. Throws a QmpError. */
  execute(command: string, options: QmpOptions): Promise<unknown>;
  close(): void;
}

const greetingTimeoutMs = 30_000;

/** Waits for the greeting and negotiates. Throws a QmpError when the socket closes first or nothing comes. */
export async function openQmp(socket: Socket, onEvent: (event: QmpEvent) => void): Promise<Qmp> {
  const waiting: Waiting[] = [];
  let end: string | null = null;
  const next = (what: string, timeoutMs: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (end !== null) {
        reject(new QmpError(`${what}: ${end}`));
        return;
      }
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(entry), 1);
        // A late answer would be taken for the next command's.
        finish(`no answer to ${what} within ${timeoutMs} ms`);
        reject(new QmpError(`no answer to ${what} within ${timeoutMs} ms`));
      }, timeoutMs);
      const entry: Waiting = { what, resolve, reject, timer };
      waiting.push(entry);
    });
  const finish = (reason: string): void => {
    end ??= reason;
    socket.destroy();
    for (const { what, reject, timer } of waiting.splice(0)) {
      clearTimeout(timer);
      reject(new QmpError(`${what}: ${reason}`));
    }
  };
  const take = (message: unknown): void => {
    if (!isRecord(message)) return;
    if (typeof message['event'] === 'string') {
      onEvent({ event: message['event'], data: isRecord(message['data']) ? message['data'] : {} });
      return;
    }
    const entry = waiting.shift();
    if (entry === undefined) return;
    clearTimeout(entry.timer);
    const error = message['error'];
    if (isRecord(error)) entry.reject(new QmpError(`${entry.what}: ${String(error['desc'])}`));
    else entry.resolve('return' in message ? message['return'] : message);
  };
  const greeting = next('the greeting', greetingTimeoutMs);
  readLines(socket, take, finish);
  await greeting;
  const execute = async (command: string, options: QmpOptions): Promise<unknown> => {
    const answer = next(command, options.timeoutMs);
    const request = { execute: command, arguments: options.arguments };
    if (end === null) socket.write(`${JSON.stringify(request)}\n`);
    return await answer;
  };
  await execute('qmp_capabilities', { timeoutMs: greetingTimeoutMs });
  return {
    execute,
    close: () => {
      finish('the connection was closed');
    },
  };
}

interface Waiting {
  what: string;
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

function readLines(socket: Socket, take: (message: unknown) => void, finish: (reason: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.filter((text) => text.trim() !== '')) {
      try {
        take(JSON.parse(line));
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        finish(`not a QMP message: ${line.slice(0, 80)}`);
        return;
      }
    }
  });
  socket.on('error', (error) => {
    finish(error.message);
  });
  socket.on('close', () => {
    finish('QEMU closed the connection');
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
