/** What passes between the harness outside and the program inside the lab: one JSON object a line. */
import type { LabClock } from '../../runners/lab/arguments.ts';
import type { BuiltPayload } from '../../runners/payload/payload.ts';
import type { ResolvedScenario } from '../../scenarios/resolved.ts';
import type { JournalEvent } from '../run/journal/journal.ts';

/** What the program inside is to do; it finds it in a file. */
export interface LabSession {
  /** Name of the run's folder. */
  runId: string;
  scenario: ResolvedScenario;
  seed: number;
  commit: string | undefined;
  clock: LabClock;
  /** The cache that is given holds it; what it was made from stays outside. */
  payload: Pick<BuiltPayload, 'digest' | 'image'>;
  /** Journal of the run so far: not empty where it is resumed. */
  events: readonly JournalEvent[];
}

/** From the inside to the outside, over the serial line. */
export type LabMessage =
  /** The program inside runs, so long after its kernel began, by its own clock. */
  | { type: 'hello'; uptimeMs: number }
  /** It still does, on every CPU of the lab. */
  | { type: 'alive' }
  /** An event of the journal, as soon as it was written inside. */
  | { type: 'event'; event: JournalEvent }
  /** A log file of an instance, whole; `path` is relative to the run's folder. */
  | { type: 'log'; path: string; text: string }
  | { type: 'say'; level: 'progress' | 'debug' | 'warn'; message: string }
  /** The last message. */
  | { type: 'end'; error: { message: string; exitCode: number | null } | null };

/** Null for a line that is no message: the kernel may print on a serial line, too. */
export function parseLabMessage(line: string): LabMessage | null {
  try {
    const message = JSON.parse(line) as LabMessage | null;
    return typeof message === 'object' && message !== null && typeof message.type === 'string'
      ? message
      : null;
  } catch {
    return null;
  }
}
