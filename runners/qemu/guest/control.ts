/** The line between the harness and the guest's first program (guest-init.sh), over the second serial port. */
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { monotonicMs } from '../../machine/clock.ts';
import { startSteps, type NotStarted } from '../../shared/start-program.ts';

const guestMarks = ['initrd', 'init', 'exec'] as const;
export type GuestMark = (typeof guestMarks)[number];

export type GuestMessage =
  | { type: 'mark'; name: GuestMark }
  /** What the guest's CLOCK_MONOTONIC showed, milliseconds since its kernel began to keep time. */
  | { type: 'clock'; sinceMs: number }
  | { type: 'memory'; totalBytes: number; availableBytes: number }
  | { type: 'exit'; code: number }
  /** The workload was not started: which step failed, and with which number of an error. */
  | ({ type: 'not-started' } & NotStarted)

  /** A clone has taken on its identity. */
  | { type: 'identified' }
  | { type: 'failed'; reason: string };

/**
 * Hands over each message with the moment it arrived. Lines that are none are skipped: the guest's terminal echoes
 * what it is sent.
 */
export function listenToGuest(socket: Socket, onMessage: (message: GuestMessage, at: number) => void): void {
  let rest = '';
  socket.on('data', (chunk: Buffer) => {
    const at = monotonicMs();
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const message = parseGuestMessage(line.replace(/\r$/, ''));
      if (message !== null) onMessage(message, at);
    }
  });
}

/** Null for a line that is no message. */
export function parseGuestMessage(line: string): GuestMessage | null {
  const [type = '', first = '', second = ''] = line.split(' ');
  if (type === 'failed') return { type, reason: line.slice('failed '.length) };
  if (type === 'identified') return { type };
  if (type === 'mark') return isGuestMark(first) ? { type, name: first } : null;
  if (type === 'exit') {
    const code = exitCode(first);
    return code === null ? null : { type, code };
  }
  if (type === 'not-started') {
    const step = startSteps.find((each) => each === first);
    return step !== undefined && /^\d+$/.test(second) ? { type, step, errno: Number(second) } : null;
  }
  if (!/^\d+$/.test(first)) return null;
  switch (type) {
    case 'clock':
      return { type, sinceMs: Number(first) / 1e6 };
    case 'memory':
      return /^\d+$/.test(second)
        ? { type, totalBytes: Number(first) * 1024, availableBytes: Number(second) * 1024 }
        : null;
    default:
      return null;
  }
}

/** A number, or the name of a signal without SIG, as systemd has it: a shell tells that end as 128 plus its number. */
function exitCode(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text);
  const signal = Object.entries(constants.signals).find(([name]) => name === `SIG${text}`);
  return signal === undefined ? null : 128 + signal[1];
}

function isGuestMark(name: string): name is GuestMark {
  return guestMarks.some((mark) => mark === name);
}
