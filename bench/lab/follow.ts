/** Follows a lab from its start to its last message, and knows when there is nothing more to come. */
import type { LabMachine } from '../../runners/lab/machine.ts';
import { exitCodes, type ExitCode } from '../environment/errors.ts';
import { parseLabMessage, type LabMessage } from './messages.ts';

export interface LabEnd {
  /** Null: the program inside did what it was asked to. */
  error: { message: string; exitCode: ExitCode } | null;
  /** It fell silent, and nothing says that another would, too. */
  hangs?: true;
}

/** How long nothing may be heard of a lab: until its first message, and then (it says every few seconds that it lives). */
export interface Silence {
  bootMs: number;
  runMs: number;
}

export const silences = {
  kvm: { bootMs: 60_000, runMs: 30_000 },
  tcg: { bootMs: 240_000, runMs: 30_000 },
  /** Ten virtual seconds can be minutes on a busy machine. */
  virtual: { bootMs: 900_000, runMs: 1_800_000 },
} satisfies Record<string, Silence>;

/** Resolves at the end, whatever it is; each message was taken by then. Rejects when taking one fails. */
export async function followLab(
  machine: LabMachine,
  silence: Silence,
  signal: AbortSignal,
  take: (message: LabMessage) => Promise<void>,
): Promise<LabEnd> {
  let settle: (end: LabEnd) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const result = new Promise<LabEnd>((resolve, reject) => {
    settle = resolve;
    fail = reject;
  });
  let isHanging = false;
  const giveUp = (what: string, last = machine.lastLines()): void => {
    const lines = last.map((line) => `\n  ${line}`);
    const said = lines.length === 0 ? '; its console is empty' : `; last on its console:${lines.join('')}`;
    const error = { message: `${what}${said}`, exitCode: exitCodes.failed };
    settle({ error, ...(isHanging && { hangs: true }) });
  };
  let taken: Promise<void> = Promise.resolve();
  let heard = false;
  const watchdog = (): NodeJS.Timeout => {
    const ms = heard ? silence.runMs : silence.bootMs;
    const what = heard ? 'the lab stopped responding' : 'the lab did not boot';
    return setTimeout(() => {
      isHanging = true;
      // What it said by itself; the answer is in the console's log.
      const last = machine.lastLines();
      void machine.askWhere().finally(() => {
        giveUp(`${what}: nothing was heard of it for ${ms / 1000} s`, last);
      });
    }, ms);
  };
  let timer = watchdog();
  const onMessage = (message: LabMessage): void => {
    heard = true;
    clearTimeout(timer);
    timer = watchdog();
    taken = taken.then(() => take(message));
    taken.catch(fail);
    if (message.type === 'end')
      void taken.then(() => {
        settle({ error: toError(message.error) });
      }, fail);
  };
  const onAbort = (): void => {
    settle({ error: { message: 'interrupted', exitCode: exitCodes.failed } });
  };
  signal.addEventListener('abort', onAbort, { once: true });
  void machine.line.then((socket) => {
    readLines(socket, onMessage);
  });
  // What came before the end is still to be taken.
  void machine.ended.then(() =>
    taken.finally(() => {
      if (!isHanging) giveUp('the lab has ended before its run was done');
    }),
  );
  try {
    if (signal.aborted) onAbort();
    return await result;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

function readLines(socket: NodeJS.ReadableStream, onMessage: (message: LabMessage) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const message = parseLabMessage(line);
      if (message !== null) onMessage(message);
    }
  });
}

/** An error that nobody foresaw inside has no exit code of its own. */
function toError(error: { message: string; exitCode: number | null } | null): LabEnd['error'] {
  if (error === null) return null;
  const exitCode = Object.values(exitCodes).find((code) => code === error.exitCode) ?? exitCodes.failed;
  return { message: `in the lab: ${error.message}`, exitCode };
}
