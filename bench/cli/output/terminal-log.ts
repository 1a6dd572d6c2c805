/**
 * The log as a person sees it on stderr. On a terminal there is one live line with the current step and the time it
 * has taken; anywhere else each step is a line of its own. `progress('')` says that nothing is being waited for, so
 * that the live line makes room for output.
 */
import type { Log } from '../../../runners/machine/log.ts';

export interface TerminalLogOptions {
  stream: NodeJS.WritableStream;
  /** Width of the terminal; null when the stream is none. */
  columns: number | null;
  /** `quiet` shows warnings only, `verbose` also what happens inside. */
  level: 'quiet' | 'normal' | 'verbose';
  /** Milliseconds on a clock that only moves forward. */
  now: () => number;
}

const clearLine = '\r\u001b[K';
const refreshMs = 1000;

export interface TerminalLog extends Log {
  /** Lines that stay above the live line; null where there is none. */
  live: ((lines: readonly string[]) => void) | null;
}

export function createTerminalLog({ stream, columns, level, now }: TerminalLogOptions): TerminalLog {
  const live = columns !== null && level === 'normal';
  const room = Math.max(20, (columns ?? 80) - 1);
  const startedAt = now();
  let step = '';
  let stepAt = startedAt;
  let timer: NodeJS.Timeout | null = null;
  let kept: readonly string[] = [];
  /** Lines above the cursor's that were drawn. */
  let above = 0;

  const clear = (): string => {
    const up = above === 0 ? '' : `\r\u001b[${above}A\u001b[J`;
    above = 0;
    return `${up}${clearLine}`;
  };
  const draw = (): void => {
    const text = `${duration(now() - startedAt)}  ${step} (${duration(now() - stepAt)})`;
    const before = clear();
    above = kept.length;
    stream.write(before + [...kept, text].map((line) => line.slice(0, room)).join('\n'));
  };
  const print = (line: string): void => {
    stream.write(`${live && step ? clear() : ''}${line}\n`);
    if (live && step) draw();
  };

  return {
    live: live
      ? (lines) => {
          kept = lines;
          if (step) draw();
        }
      : null,
    progress(message) {
      if (level === 'quiet') return;
      if (!live) {
        if (message) stream.write(`[${duration(now() - startedAt)}] ${message}\n`);
        return;
      }
      if (timer) clearInterval(timer);
      timer = null;
      if (step && !message) stream.write(clear());
      step = message;
      stepAt = now();
      if (!message) return;
      draw();
      // Without unref a forgotten step would keep the program alive.
      timer = setInterval(draw, refreshMs).unref();
    },
    debug(message) {
      if (level === 'verbose') print(`[${duration(now() - startedAt)}] ${message}`);
    },
    warn(message) {
      print(`warning: ${message}`);
    },
  };
}

/** `7 s`, `2:05 min`: whole seconds are enough for somebody who waits. */
function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} min`;
}
