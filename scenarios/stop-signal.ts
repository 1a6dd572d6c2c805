/** A stop signal, in whatever way a scenario or an image writes it, as every platform understands it. */
import { constants } from 'node:os';

/** A signal by its name; a real-time one, which has none on every platform, by its number. */
export type StopSignal = NodeJS.Signals | `${number}`;

const firstRealTime = 34;
const lastRealTime = 64;
/** Older names that engines know too. */
const otherNames: Readonly<Record<string, string>> = { CLD: 'CHLD', UNUSED: 'SYS', IOT: 'ABRT', POLL: 'IO' };

/**
 * `SIGQUIT`, `quit` and `3` are all SIGQUIT. Signals without a name of their own, the real-time ones, are numbers, which
 * every platform can send; null: no signal of Linux.
 */
export function parseStopSignal(text: string): StopSignal | null {
  const name = text.trim().toUpperCase().replace(/^SIG/, '');
  const number = /^\d+$/.test(name) ? Number(name) : (realTime(name) ?? numberOf(name));
  if (number === null || number < 1 || number > lastRealTime) return null;
  const known = Object.entries(constants.signals).find(([, value]) => value === number);
  return (known?.[0] as NodeJS.Signals | undefined) ?? `${number}`;
}

/** `RTMIN`, `RTMIN+3`, `RTMAX-1`. */
function realTime(name: string): number | null {
  const match = /^RT(MIN|MAX)(?:([+-])(\d+))?$/.exec(name);
  if (!match) return null;
  const from = match[1] === 'MIN' ? firstRealTime : lastRealTime;
  const number = from + (match[2] === '-' ? -1 : 1) * Number(match[3] ?? 0);
  return number >= firstRealTime && number <= lastRealTime ? number : null;
}

function numberOf(name: string): number | null {
  const known: Partial<Record<string, number>> = constants.signals;
  return known[`SIG${otherNames[name] ?? name}`] ?? null;
}
